import type { UserNode } from '../operations/types.ts';
import { END_ALL_OF_USER, SET_ROLES } from '../operations/users.ts';
import { Badge } from '../parts/badge.tsx';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { When } from '../parts/when.tsx';
import { hrefOf } from '../routes/route.ts';
import { count } from '../words/time.ts';
import type { Operations } from './use-operations.ts';
import { UserStatus } from './user-status.tsx';

interface Props {
  readonly user: UserNode;
  readonly operations: Operations;
}

export function UserRow({ user, operations }: Props) {
  const { id, email } = user;
  const endAll = () =>
    operations.run(
      END_ALL_OF_USER,
      { userId: id },
      (data) => `${email}: ${count(data.revokeAllForUser.revokedCount, 'session')} ended.`,
    );
  return (
    <div className="row">
      <div>
        <p className="row-title">
          <strong>{email}</strong>
          {user.roles.includes('ADMIN') && <Badge tone="info">Administrator</Badge>}
          {user.status === 'SUSPENDED' && <Badge tone="bad">Suspended</Badge>}
        </p>
        <p className="row-meta">
          {user.displayName && <span>{user.displayName}</span>}
          <span>
            Created <When at={user.createdAt} />
          </span>
        </p>
      </div>
      <div className="row-actions">
        <a
          className="button quiet"
          href={hrefOf('/admin/sessions', { user: id })}
          aria-label={`Sessions of ${email}`}
        >
          Sessions
        </a>
        <UserRoles user={user} operations={operations} />
        <UserStatus user={user} operations={operations} />
        <ConfirmButton
          label="End all"
          name={`End all sessions of ${email}`}
          title="End all sessions of this user?"
          verb="End them"
          onConfirm={endAll}
        >
          <p>
            <strong>{email}</strong> is signed out everywhere, at once, and can sign in again.
          </p>
        </ConfirmButton>
      </div>
    </div>
  );
}

function UserRoles({ user, operations }: Props) {
  const { id, email } = user;
  const isAdmin = user.roles.includes('ADMIN');
  const change = () =>
    operations.run(SET_ROLES, { userId: id, roles: isAdmin ? ['USER'] : ['USER', 'ADMIN'] }, () =>
      isAdmin ? `${email} is no administrator any more.` : `${email} is an administrator now.`,
    );
  return (
    <ConfirmButton
      label={isAdmin ? 'Remove admin' : 'Make admin'}
      name={isAdmin ? `Remove admin: ${email}` : `Make admin: ${email}`}
      title={isAdmin ? 'Remove this administrator?' : 'Make this user an administrator?'}
      verb={isAdmin ? 'Remove' : 'Make administrator'}
      onConfirm={change}
    >
      <p>
        <strong>{email}</strong>{' '}
        {isAdmin
          ? 'keeps account and sessions, and cannot open this part of the console any more.'
          : 'will be able to end anybody’s sessions, to suspend accounts and to change roles.'}
      </p>
    </ConfirmButton>
  );
}

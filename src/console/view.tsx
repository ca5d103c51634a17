import type { ReactNode } from 'react';
import type { User } from '../client/index.ts';
import { ChangePassword } from './account/change-password.tsx';
import { Devices } from './account/devices.tsx';
import { Activity } from './admin/activity.tsx';
import { SecurityLog } from './admin/security-log.tsx';
import { Sessions } from './admin/sessions.tsx';
import { SigningKeys } from './admin/signing-keys.tsx';
import { Users } from './admin/users.tsx';
import { Page } from './parts/page.tsx';
import { hrefOf, type Route, useRoute } from './routes/route.ts';

/** The view that the hash names. What an admin's views show is the server's to refuse. */
export function View({ user }: { readonly user: User }) {
  const route = useRoute();
  return accountView(route, user) ?? adminView(route, user) ?? <NoSuchView />;
}

function accountView({ path }: Route, user: User): ReactNode {
  if (path === '/' || path === '/register') return <Devices />;
  return path === '/password' ? <ChangePassword email={user.email} /> : undefined;
}

function adminView({ path, query }: Route, user: User): ReactNode {
  if (!user.roles.includes('ADMIN')) return undefined;
  const userId = query.get('user');
  const views: Readonly<Record<string, ReactNode>> = {
    '/admin/activity': <Activity />,
    '/admin/users': <Users />,
    '/admin/sessions': <Sessions key={userId} userId={userId} />,
    '/admin/log': <SecurityLog key={userId} userId={userId} />,
    '/admin/keys': <SigningKeys />,
  };
  return views[path];
}

function NoSuchView() {
  return (
    <Page title="Nothing is here">
      <p>
        There is no such page, or it is not for your account. <a href={hrefOf('/')}>To my devices</a>
      </p>
    </Page>
  );
}

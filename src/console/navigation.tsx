import { useId, useState } from 'react';
import type { User } from '../client/index.ts';
import { useClient } from './connection/client-context.ts';
import { Button } from './parts/button.tsx';
import { Icon } from './parts/icon.tsx';
import { hrefOf, useRoute } from './routes/route.ts';

const ACCOUNT = { '/': 'My devices', '/password': 'Change password' };

const ADMIN = {
  '/admin/activity': 'Activity',
  '/admin/users': 'Users',
  '/admin/sessions': 'Sessions',
  '/admin/log': 'Security log',
  '/admin/keys': 'Signing keys',
};

/** Where one can go, and the way out. On a phone it unfolds. */
export function Navigation({ user }: { readonly user: User }) {
  const client = useClient();
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const close = () => setIsOpen(false);
  return (
    <header className={isOpen ? 'side open' : 'side'}>
      <div className="side-head">
        <p className="brand">
          <Icon shape="gate" />
          Portcullis
        </p>
        <span className="menu-button">
          <Button aria-expanded={isOpen} aria-controls={id} onClick={() => setIsOpen(!isOpen)}>
            Menu
          </Button>
        </span>
      </div>
      <div className="side-body" id={id}>
        <nav aria-label="Console">
          <Links title="My account" links={ACCOUNT} onFollow={close} />
          {user.roles.includes('ADMIN') && <Links title="Administration" links={ADMIN} onFollow={close} />}
        </nav>
        <div className="who">
          <p title={user.email}>{user.email}</p>
          <Button onClick={() => void client.logout()}>Sign out</Button>
        </div>
      </div>
    </header>
  );
}

interface LinksProps {
  readonly title: string;
  /** Names by path. */
  readonly links: Readonly<Record<string, string>>;
  readonly onFollow: () => void;
}

function Links({ title, links, onFollow }: LinksProps) {
  const { path } = useRoute();
  const id = useId();
  return (
    <>
      <p className="nav-title" id={id}>
        {title}
      </p>
      <ul aria-labelledby={id}>
        {Object.entries(links).map(([to, name]) => (
          <li key={to}>
            <a href={hrefOf(to)} aria-current={path === to ? 'page' : undefined} onClick={onFollow}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

import { useState } from 'react';
import { List } from '../lists/list.tsx';
import { usePages } from '../lists/use-list.ts';
import { USERS } from '../operations/users.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { AdminPage } from './admin-page.tsx';
import { useOperations } from './use-operations.ts';
import { UserRow } from './user-row.tsx';

export function Users() {
  const [search, setSearch] = useState('');
  const variables = search === '' ? {} : { search };
  const list = usePages(USERS, variables, (data) => data.users);
  const operations = useOperations();
  return (
    <AdminPage
      title="Users"
      lead="Everybody who has an account, by e-mail."
      read={{ document: USERS, variables }}
      operations={operations}
    >
      <search>
        <form
          className="filter"
          onSubmit={(event) => {
            event.preventDefault();
            setSearch(String(new FormData(event.currentTarget).get('search') ?? '').trim());
          }}
        >
          <Field label="E-mail begins with" name="search" type="search" autoComplete="off" />
          <div className="filter-actions">
            <Button type="submit" look="main">
              Search
            </Button>
          </div>
        </form>
      </search>
      <List
        list={list}
        label="Users"
        empty="Nobody’s e-mail begins like this."
        row={(user) => <UserRow user={user} operations={operations} />}
      />
    </AdminPage>
  );
}

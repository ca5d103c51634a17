import { useMemo, useState } from 'react';
import { List } from '../lists/list.tsx';
import { usePages } from '../lists/use-list.ts';
import { type LogFilter, SECURITY_LOG } from '../operations/security-log.ts';
import { AdminPage } from './admin-page.tsx';
import { LogFilterForm } from './log-filter.tsx';
import { LogRow } from './log-row.tsx';
import { OnlyUser } from './only-user.tsx';

/** @param userId whom the events concern */
export function SecurityLog({ userId }: { readonly userId: string | null }) {
  const [conditions, setConditions] = useState<LogFilter>({});
  const filter = useMemo(() => ({ ...conditions, ...(userId && { userId }) }), [conditions, userId]);
  const variables = { filter };
  const list = usePages(SECURITY_LOG, variables, (data) => data.auditEvents);
  return (
    <AdminPage
      title="Security log"
      lead="What happened to accounts, sessions and keys. The newest first."
      read={{ document: SECURITY_LOG, variables }}
    >
      {userId && <OnlyUser userId={userId} path="/admin/log" />}
      <LogFilterForm onFilter={setConditions} />
      <List
        list={list}
        label="Security log"
        empty="Nothing like this has happened."
        row={(event) => <LogRow event={event} />}
      />
    </AdminPage>
  );
}

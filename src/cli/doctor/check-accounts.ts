import { DEFAULT_ADMIN_EMAIL } from '../../settings/load.ts';
import type { SettingValues } from '../../settings/table.ts';
import type { AccountFacts } from '../../storage/stored-facts.ts';
import { type Finding, ok, warning } from './finding.ts';

const CREATE = 'Run portcullis user create EMAIL --admin.';

export function checkAccounts(facts: AccountFacts, values: Partial<SettingValues>): Finding[] {
  if (!facts.anyUser) return [nobody(values)];
  if (facts.admins.length === 0) return [warning('accounts', 'nobody is an admin.', CREATE)];
  const standing = facts.admins.includes(DEFAULT_ADMIN_EMAIL) && values.NODE_ENV === 'production';
  const what = `${DEFAULT_ADMIN_EMAIL} is an admin in production: everybody knows that name, and nobody reads its mail.`;
  const mend = `Give the role to an account of your own, then: portcullis user delete ${DEFAULT_ADMIN_EMAIL}`;
  return standing ? [warning('accounts', what, mend)] : [ok('accounts', 'there is an admin.')];
}

function nobody({ NODE_ENV, BOOTSTRAP_ADMIN_EMAIL: email }: Partial<SettingValues>): Finding {
  if (NODE_ENV === 'production' && email === undefined) {
    const mend = `Set BOOTSTRAP_ADMIN_EMAIL and BOOTSTRAP_ADMIN_PASSWORD, or: ${CREATE}`;
    return warning('accounts', 'there is none, and no first admin is named.', mend);
  }
  return ok(
    'accounts',
    `there is none; the next start makes the first admin, ${email ?? DEFAULT_ADMIN_EMAIL}.`,
  );
}

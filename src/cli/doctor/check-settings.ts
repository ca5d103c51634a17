import { guessableAdmin } from '../../accounts/first-admin.ts';
import { type Reading, readSettings } from '../../settings/load.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const SEE_TABLE = 'Set it as the table of settings in README.md says.';

/** Whether the server would start with this environment, and whether it would in production. */
export function checkSettings(env: NodeJS.ProcessEnv, { problems, settings, values }: Reading): Finding[] {
  const stopping = problems.map((line) => problem(...named(line), SEE_TABLE));
  const loaded = settings === undefined ? [] : [ok('settings', `can be used; NODE_ENV is ${settings.mode}.`)];
  return [...loaded, ...stopping, ...inProduction(env, problems), ...openSchema(values)];
}

/** What development lets pass; a problem of both is told once. */
function inProduction(env: NodeJS.ProcessEnv, problems: readonly string[]): Finding[] {
  const production = readSettings({ ...env, NODE_ENV: 'production' }, guessableAdmin).problems;
  return production
    .filter((line) => !problems.includes(line))
    .map((line) => {
      const [subject, what] = named(line);
      return warning(subject, `would stop a start in production: ${what}`, SEE_TABLE);
    });
}

function openSchema({ NODE_ENV, INTROSPECTION }: Reading['values']): Finding[] {
  if (NODE_ENV !== 'production' || INTROSPECTION !== true) return [];
  const what = 'is on in production: everybody can read the schema, those who look for a way in too.';
  return [warning('INTROSPECTION', what, 'Unset it, and publish schema.graphql to those who need it.')];
}

/** A problem of the settings begins with the name of its variable. */
function named(line: string): [subject: string, what: string] {
  const [subject = '', ...rest] = line.split(': ');
  return [subject, rest.join(': ')];
}

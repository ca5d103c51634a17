import { MOST_CONNECTIONS } from '../../storage/data-source.ts';
import type { MysqlFacts } from '../../storage/mysql-facts.ts';
import { isLoopback } from './addresses.ts';
import { type Finding, orOk, problem, warning } from './finding.ts';

/** Major and minor version from which on it is supported. */
const LEAST = { MariaDB: [10, 6], MySQL: [8, 0] } as const;

/** @param host of DATABASE_URL */
export function checkMysql(facts: MysqlFacts, host: string): readonly Finding[] {
  return [
    ...orOk(supported(facts), 'database', `${facts.version}, which is supported.`),
    ...orOk(durable(facts), 'durability', 'what is acknowledged survives a crash of the database.'),
    ...connections(facts),
    ...privileges(facts),
    ...unencrypted(facts, host),
    ...foreignTables(facts),
  ];
}

function supported({ version }: MysqlFacts): Finding[] {
  const product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  // Some MariaDB servers say 5.5.5- first, for replicas that know no version above it.
  const [, major, minor] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(version) ?? [];
  const [leastMajor, leastMinor] = LEAST[product];
  const [given, least] = [Number(major) * 100 + Number(minor), leastMajor * 100 + leastMinor];
  if (given >= least) return [];
  const what = `${version} is older than ${product} ${LEAST[product].join('.')}, the oldest that is supported.`;
  return [problem('database', what, 'Upgrade it.')];
}

function durable({ variables }: MysqlFacts): Finding[] {
  const flush = variables.get('innodb_flush_log_at_trx_commit') ?? '1';
  const [log, sync] = [variables.get('log_bin') ?? 'OFF', variables.get('sync_binlog') ?? '1'];
  const doublewrite = variables.get('innodb_doublewrite') ?? 'ON';
  return [
    ...(flush === '1' ? [] : [lossy('innodb_flush_log_at_trx_commit', flush)]),
    ...(log !== 'ON' || sync === '1' ? [] : [lossy('sync_binlog', `${sync} with a binary log`)]),
    ...(/^(OFF|0|DETECT_ONLY)$/.test(doublewrite) ? [torn(doublewrite)] : []),
  ];
}

/** With a binary log, recovery keeps only what that log has too. */
function lossy(name: string, value: string): Finding {
  const what = `${name} is ${value}: a crash of the database's machine can undo what was acknowledged, and a session that was ended would live again.`;
  return problem('durability', what, `Set ${name}=1 in the configuration of the database.`);
}

function torn(value: string): Finding {
  const what = `innodb_doublewrite is ${value}: a loss of power can leave half-written pages.`;
  const mend = 'Set innodb_doublewrite=ON, unless the file system writes pages whole (ZFS).';
  return warning('durability', what, mend);
}

/** In a roll-out the old instance and the new one run side by side. */
function connections({ variables }: MysqlFacts): Finding[] {
  const most = Number(variables.get('max_connections') ?? Number.POSITIVE_INFINITY);
  if (most >= 2 * MOST_CONNECTIONS) return [];
  const what = `max_connections is ${most}; an instance uses up to ${MOST_CONNECTIONS}, and in a roll-out there are two.`;
  return [
    warning('connections', what, `Set max_connections to ${MOST_CONNECTIONS} an instance and some more.`),
  ];
}

function privileges({ privileges: far }: MysqlFacts): Finding[] {
  if (far.length === 0) return [];
  const shown = far.length > 5 ? `${far.slice(0, 5).join(', ')}, …` : far.join(', ');
  const what = `the user has privileges beyond its own database: ${shown}. Whoever gets its password gets them too.`;
  const mend =
    'Give the server a user of its own: GRANT ALL ON portcullis.* TO …, for the name of your database.';
  return [warning('privileges', what, mend)];
}

function unencrypted({ encrypted }: MysqlFacts, host: string): Finding[] {
  if (encrypted || isLoopback(host)) return [];
  const what = `the connection to ${host} is not encrypted: password hashes and the secrets of sessions cross it. This version speaks to MySQL without TLS.`;
  return [
    warning('database', what, 'Keep the way to it private: one machine, a private network, or a tunnel.'),
  ];
}

function foreignTables({ foreign }: MysqlFacts): Finding[] {
  return foreign.map((name) =>
    name.includes('.')
      ? problem(
          'schema',
          `${name} does not compare bytes: two e-mails could be one account.`,
          'Convert the column back to COLLATE utf8mb4_bin.',
        )
      : problem(
          'schema',
          `${name} is not an InnoDB table: nothing of it is in a transaction.`,
          `Run ALTER TABLE ${name} ENGINE=InnoDB.`,
        ),
  );
}

import type { SchemaState } from '../../storage/schema-state.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const MIGRATE = 'Start the server, which migrates, or run portcullis migrate.';

/** Whether the database is of this version: not migrated, half migrated, damaged, or of a newer one. */
export function checkSchema(state: SchemaState): Finding {
  const { executed, pending, unknown, missing } = state;
  if (unknown.length > 0) return newer(unknown);
  if (pending.length > 0) return behind(state);
  if (missing.length > 0) return damaged(missing);
  return ok('migrations', `all ${executed.length} have run.`);
}

/** Whether its tables can be read as this version knows them. */
export function isReadable({ missing }: SchemaState): boolean {
  return missing.length === 0;
}

function newer(unknown: readonly string[]): Finding {
  const what = `a newer version has migrated the database: ${unknown.join(', ')} is not known here.`;
  return problem('migrations', what, 'Run the newer version, or restore the backup from before the upgrade.');
}

function behind({ executed, pending, tables, missing }: SchemaState): Finding {
  const names = pending.join(', ');
  if (executed.length === 0 && tables.length === 0)
    return warning('migrations', `none has run: the database is empty. To come: ${names}.`, MIGRATE);
  const total = executed.length + pending.length;
  const lacks = missing.length === 0 ? '' : ` The tables lack ${missing.join(', ')}.`;
  const what = `${executed.length} of ${total} have run; to come: ${names}.${lacks} An upgrade that has not been started, or one that was cut off.`;
  return warning('migrations', what, `${MIGRATE} Migrations go on where they were cut off.`);
}

function damaged(missing: readonly string[]): Finding {
  const what = `all are recorded as run, but the database lacks ${missing.join(', ')}: somebody changed it by hand.`;
  return problem('migrations', what, 'Restore it from a backup.');
}

import type { Command } from 'commander';
import { loadSettings } from '../settings/load.ts';
import { openDatabase } from './open-database.ts';
import { printJson, printText } from './print.ts';

export function addMigrate(portcullis: Command): void {
  portcullis
    .command('migrate')
    .description('Bring the database to the schema of this version; the server does the same when it starts.')
    .option('--json', 'print JSON: {"migrations": [names of those that ran]}')
    .addHelpText(
      'after',
      `
Example:
  DATABASE_URL=mysql://portcullis:secret@db/portcullis portcullis migrate`,
    )
    .action(migrate);
}

async function migrate(options: { json?: true }): Promise<void> {
  const settings = loadSettings(process.env);
  const { database, close } = await openDatabase(settings);
  try {
    const migrations = await database.atStart(() => database.migrate());
    if (options.json) printJson({ migrations });
    else printText(migrations.length === 0 ? 'The database is up to date.' : ranLines(migrations));
  } finally {
    await close();
  }
}

function ranLines(migrations: readonly string[]): string {
  return migrations.map((name) => `Ran ${name}`).join('\n');
}

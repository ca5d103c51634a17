import type { Command } from 'commander';
import { loadSettings } from '../settings/load.ts';

export function addServe(portcullis: Command): void {
  portcullis
    .command('serve')
    .description('Start the server: migrates the database, serves, and stops on SIGTERM or SIGINT.')
    .addHelpText(
      'after',
      `
The first start on an empty database creates the first admin, and prints the
password if it generated one. Told to stop, it answers the requests under way;
a second signal ends it at once.

Examples:
  portcullis serve
  PORT=8080 DATABASE_URL=sqlite:/var/lib/portcullis/db.sqlite portcullis serve`,
    )
    .action(serve);
}

async function serve(): Promise<void> {
  // Loaded here, and so only by the command that needs it: the help should not wait for a server. Nor should what is
  // wrong with the settings.
  const { guessableAdmin } = await import('../accounts/first-admin.ts');
  const settings = loadSettings(process.env, guessableAdmin);
  const { main } = await import('../main.ts');
  await main(settings);
}

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { createLogger } from '../log.ts';
import { addAuditTail } from './audit-tail.ts';
import { addClientCreate } from './client-create.ts';
import { addClientList } from './client-list.ts';
import { addClientRevoke } from './client-revoke.ts';
import { addConfigPrint } from './config-print.ts';
import { addDoctor } from './doctor.ts';
import { addKeysList } from './keys-list.ts';
import { addKeysRotate } from './keys-rotate.ts';
import { addMigrate } from './migrate.ts';
import { plainWords } from './plain-words.ts';
import { addRevokeAll } from './revoke-all.ts';
import { addServe } from './serve.ts';
import { addSessionList } from './session-list.ts';
import { addSessionRevoke } from './session-revoke.ts';
import { addUserActivate } from './user-activate.ts';
import { addUserCreate } from './user-create.ts';
import { addUserDelete } from './user-delete.ts';
import { addUserList } from './user-list.ts';
import { addUserResetPassword } from './user-reset-password.ts';
import { addUserRoles } from './user-roles.ts';
import { addUserSuspend } from './user-suspend.ts';
import { addUserUnlock } from './user-unlock.ts';

const FAILED = 1;
const USAGE = 2;

const FOOTER = `
The commands work on the database that DATABASE_URL names, beside a running
server too: it obeys at its next request. Settings are environment variables;
portcullis config print shows them.

Exit status: 0 done, 1 failed (stderr says why), 2 arguments not understood.

Examples:
  portcullis serve
  portcullis user create ada@example.com --admin
  portcullis session list ada@example.com
  portcullis revoke-all ada@example.com
  portcullis audit tail --follow`;

// A reader that has seen enough (`portcullis user list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv);

/** @returns the exit status */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv);
    return 0;
  } catch (error) {
    // Commander has printed its own: the help, or what is wrong with the arguments.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (/^(debug|trace)$/.test(process.env['LOG_LEVEL'] ?? ''))
      createLogger('debug').debug({ err: error }, 'failed');
    process.stderr.write(`portcullis: ${plainWords(error, process.env)}\n`);
    return FAILED;
  }
}

function program(): Command {
  const portcullis = new Command('portcullis')
    .description('A GraphQL authentication and session server, and the commands of its operator.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .addHelpText('after', FOOTER);
  addServe(portcullis);
  addMigrate(portcullis);
  addDoctor(portcullis);
  const user = portcullis.command('user').description('Create, list and change accounts.');
  addUserCreate(user);
  addUserList(user);
  addUserSuspend(user);
  addUserActivate(user);
  addUserRoles(user);
  addUserDelete(user);
  addUserResetPassword(user);
  addUserUnlock(user);
  const session = portcullis.command('session').description("List and end users' sessions.");
  addSessionList(session);
  addSessionRevoke(session);
  addRevokeAll(portcullis);
  const keys = portcullis.command('keys').description('List and rotate the keys that sign access tokens.');
  addKeysList(keys);
  addKeysRotate(keys);
  const client = portcullis.command('client').description('Give services credentials, and take them back.');
  addClientCreate(client);
  addClientList(client);
  addClientRevoke(client);
  addAuditTail(portcullis.command('audit').description('Read the security log.'));
  addConfigPrint(portcullis.command('config').description('Show the settings.'));
  return portcullis;
}

/** Of package.json, seen from dist/src/cli. */
function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

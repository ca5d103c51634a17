import type { Command } from 'commander';
import { createUser } from '../accounts/create-user.ts';
import { generatePassword } from '../accounts/generate-password.ts';
import { prepareUser } from '../accounts/prepare-user.ts';
import type { Role, User } from '../accounts/user.ts';
import { EmailTaken } from '../accounts/user-store.ts';
import type { Core } from '../core.ts';
import { CommandFailure } from './command-failure.ts';
import { OPERATOR } from './operator.ts';
import { printJson, printText } from './print.ts';
import { readPassword } from './read-password.ts';
import { userRecord } from './user-record.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly admin?: true;
  readonly displayName?: string;
  readonly passwordStdin?: true;
  readonly json?: true;
}

export function addUserCreate(user: Command): void {
  user
    .command('create')
    .description('Create an account, with a generated password that is printed once, or one from stdin.')
    .argument('<email>', 'e-mail of the account')
    .option('--admin', 'with the role ADMIN')
    .option('--display-name <name>', 'name to be shown')
    .option('--password-stdin', 'read the password from stdin, without its last line break')
    .option('--json', 'print JSON: the account, and its password if it was generated')
    .addHelpText(
      'after',
      `
A password is never an argument: every process of the machine can see those, and
the shell keeps them.

Examples:
  portcullis user create ada@example.com --admin
  portcullis user create ada@example.com --password-stdin < password.txt`,
    )
    .action(userCreate);
}

async function userCreate(email: string, options: Options): Promise<void> {
  const given = options.passwordStdin ? await readPassword(process.stdin) : undefined;
  const password = given ?? generatePassword();
  const generated = given === undefined ? { password } : {};
  await withDatabase(async (core) => {
    const created = await create(core, email, password, options);
    if (options.json) printJson({ ...userRecord(created), ...generated });
    else printText(createdLines(created, generated.password));
  });
}

async function create(core: Core, email: string, password: string, options: Options): Promise<User> {
  const roles: Role[] = options.admin ? ['USER', 'ADMIN'] : ['USER'];
  const account = { email, password, displayName: options.displayName ?? null, roles };
  const prepared = await prepareUser(core.accounts, account);
  return core.transactions
    .run([], (tx) => createUser(tx, prepared, OPERATOR))
    .catch((error: unknown) => {
      throw error instanceof EmailTaken
        ? new CommandFailure(`There is an account ${prepared.email} already.`)
        : error;
    });
}

function createdLines(user: User, generated: string | undefined): string {
  const created = `Created ${user.email} (${user.roles.join(', ')}), id ${user.id}`;
  return generated === undefined ? created : `${created}\nPassword: ${generated}   (shown this once)`;
}

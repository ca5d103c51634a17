import type { TestDatabase } from './databases.ts';
import type { DayRecord } from './day-record.ts';
import { operatorEnvironment, portcullis } from './processes.ts';

const EMAIL = 'day-operator@example.com';
/** What a command shows once: a generated password, the secret of a client. */
const SHOWN = /"(?:password|clientSecret)": ?"([^"]+)"|^(?:Password|Secret): +(\S+)/m;
const GIVEN = 'a password that came by stdin';

/** Every command of the command line but `serve`, at its most talkative; a generated password stands where it is shown. */
export async function playOperator(database: TestDatabase, record: DayRecord): Promise<void> {
  const env = { ...operatorEnvironment(database), LOG_LEVEL: 'trace' };
  const run = async (command: string, stdin = '') => {
    const { status, stdout, stderr } = await portcullis(command.split(' '), { env, stdin });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    record.commands.push(command);
    const password = SHOWN.exec(stdout)?.slice(1).find(Boolean);
    if (password !== undefined) keep(record, password);
    record.say(`stdout of ${command}`, password === undefined ? stdout : stdout.replace(password, ''));
    record.say(`stderr of ${command}`, stderr);
    return stdout;
  };
  record.keepPassword(GIVEN);
  await run('migrate');
  await run(`user create generated-${EMAIL} --json`);
  await run(`user create ${EMAIL} --password-stdin`, `${GIVEN}\n`);
  await run(`user roles ${EMAIL} USER ADMIN`);
  await run(`user suspend ${EMAIL} --reason day`);
  await run(`user activate ${EMAIL}`);
  await run(`user reset-password ${EMAIL}`);
  await run(`user unlock ${EMAIL}`);
  await run(`user delete generated-${EMAIL}`);
  await run('user list');
  const sessions = JSON.parse(await run('session list day-browser@example.com --all --json'));
  await run(`session revoke ${sessions[0].id}`);
  await run('revoke-all day-native@example.com');
  await run('keys list');
  await run('keys rotate');
  await run('client create day-service');
  const { clientId } = JSON.parse(await run('client create other-service --json'));
  await run('client list');
  await run(`client revoke ${clientId}`);
  await run('audit tail --limit 1000');
  await run('config print');
  await run('doctor');
}

function keep(record: DayRecord, shown: string): void {
  if (shown.startsWith('pcs1_')) record.keepClientSecret(shown);
  else record.keepPassword(shown);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, portcullis, start, withProcesses } from '../support/processes.ts';

const COMMANDS = [
  'serve',
  'migrate',
  'doctor',
  'user create',
  'user list',
  'user suspend',
  'user activate',
  'user roles',
  'user delete',
  'user reset-password',
  'user unlock',
  'session list',
  'session revoke',
  'revoke-all',
  'client create',
  'client list',
  'client revoke',
  'audit tail',
  'config print',
];

describe('portcullis', () => {
  withProcesses();

  it.each(COMMANDS)(
    '%s --help tells what it does, and shows an example that begins like it',
    async (command) => {
      const { status, stdout } = await portcullis([...command.split(' '), '--help']);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: portcullis ${command} `));
      expect(stdout).toMatch(new RegExp(`Examples?:\n(.*\n)*.*portcullis ${command}`));
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it('--help lists the commands', async () => {
    const { status, stdout } = await portcullis(['--help']);
    expect(status).toBe(0);
    for (const command of new Set(COMMANDS.map((each) => each.split(' ')[0]))) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    }
  });

  it('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));
    expect(await portcullis(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it.each([
    [[]],
    [['user']],
    [['usr', 'list']],
    [['user', 'list', '--limit', '0']],
    [['user', 'list', '--no-such-option']],
    [['user', 'create']],
    [['user', 'roles', 'ada@example.com']],
    [['user', 'roles', 'ada@example.com', 'OWNER']],
    [['audit', 'tail', '--type', 'LOGIN']],
    [['audit', 'tail', '--session', 'ada@example.com']],
    [['config', 'print', 'PORT']],
  ])('does not take %j: status 2, and the reason on stderr', async (args) => {
    const { status, stdout, stderr } = await portcullis(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: |^Usage: /);
  });

  it('does not mind a reader that has seen enough', async () => {
    const program = `"${process.execPath}" "${join(CHECKOUT, 'bin/portcullis.js')}"`;
    const { stdout, stderr } = await start('sh', [
      '-c',
      `(sleep 1; ${program} config print; echo "status $?" >&2) | true`,
    ]).outcome();
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'status 0\n' });
  });
});

import { readdirSync } from 'node:fs';
import { SETTING_NAMES } from '../../src/settings/table.ts';
import { newFolder, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';

const SECRET = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';

describe('config print', () => {
  withProcesses();

  it('shows every setting and where it is from, and touches nothing', async () => {
    const cwd = newFolder();
    const { status, stdout } = await portcullis(['config', 'print'], { cwd, env: { PORT: '4001' } });
    expect(status).toBe(0);
    const [, ...rows] = stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.split(' ')[0])).toEqual(SETTING_NAMES);
    expect(stdout).toMatch(/^PORT +environment +4001$/m);
    expect(stdout).toMatch(/^ACCESS_TOKEN_TTL +default +5m$/m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('H2 hides secrets in either form', async () => {
    const env = {
      PORTCULLIS_SECRET: SECRET,
      DATABASE_URL: 'mysql://me:database-password@db/auth',
      BOOTSTRAP_ADMIN_PASSWORD: 'admin-password-of-ours',
    };
    const printed = [
      (await portcullis(['config', 'print'], { env })).stdout,
      JSON.stringify(await portcullisJson(['config', 'print'], { env })),
    ];
    for (const text of printed) {
      expect(text).toContain('mysql://me:(hidden)@db/auth');
      for (const secret of [SECRET, 'database-password', 'admin-password-of-ours']) {
        expect(text).not.toContain(secret);
      }
    }
  });

  it('names what cannot be used, all at once', async () => {
    const outcome = await portcullis(['config', 'print'], { env: { PORT: 'x', METRICS_PORT: 'x' } });
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    expect(outcome.stderr.trimEnd().split('\n')).toEqual([
      'portcullis: The settings cannot be used:',
      expect.stringMatching(/^ {2}PORT: /),
      expect.stringMatching(/^ {2}METRICS_PORT: /),
    ]);
  });
});

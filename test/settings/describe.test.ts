import { describeSettings, settingsMarkdown } from '../../src/settings/describe.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { SETTING_NAMES } from '../../src/settings/table.ts';

function described(env: NodeJS.ProcessEnv): Map<string, { value: string; isDefault: boolean }> {
  return new Map(describeSettings(loadSettings(env), env).map((row) => [row.name, row]));
}

const secret = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';

describe('config print', () => {
  it('shows every setting, and what the defaults come to', () => {
    const rows = described({ PORT: '4001' });
    expect([...rows.keys()]).toEqual(SETTING_NAMES);
    expect(rows.get('PORT')).toMatchObject({ value: '4001', isDefault: false });
    expect(rows.get('ISSUER')).toMatchObject({ value: 'http://localhost:4001', isDefault: true });
    expect(rows.get('REGISTRATION')).toMatchObject({ value: 'open', isDefault: true });
    expect(rows.get('BODY_ORIGINS')).toMatchObject({ value: '(none)', isDefault: true });
    expect(rows.get('BOOTSTRAP_ADMIN_EMAIL')).toMatchObject({ value: 'admin@example.com', isDefault: true });
  });

  it('shows what production makes of them', () => {
    const rows = described({
      NODE_ENV: 'production',
      PORTCULLIS_SECRET: secret,
      ISSUER: 'https://a.example.com',
    });
    expect(rows.get('REGISTRATION')?.value).toBe('closed');
    expect(rows.get('ALLOWED_ORIGINS')?.value).toBe('https://a.example.com');
    expect(rows.get('BOOTSTRAP_ADMIN_EMAIL')?.value).toBe('(none)');
  });

  it('H2 hides every secret', () => {
    const env = {
      PORTCULLIS_SECRET: secret,
      DATABASE_URL: 'mysql://me:database-password@db/auth',
      BOOTSTRAP_ADMIN_PASSWORD: 'admin-password-of-ours',
    };
    const text = JSON.stringify([...described(env).values()]);
    for (const hidden of [secret, 'database-password', 'admin-password-of-ours']) {
      expect(text).not.toContain(hidden);
    }
    expect(described(env).get('DATABASE_URL')?.value).toBe('mysql://me:(hidden)@db/auth');
  });
});

describe('the settings table of the documentation', () => {
  const lines = settingsMarkdown().trimEnd().split('\n');

  it('has one row of three cells for every setting', () => {
    expect(lines.slice(2).map((line) => /^\| `(\w+)` \| [^|]+ \| [^|]+ \|$/.exec(line)?.[1])).toEqual(
      SETTING_NAMES,
    );
  });

  it('shows defaults as an operator writes them', () => {
    expect(lines).toContainEqual(expect.stringContaining('| `ACCESS_TOKEN_TTL` | `5m` |'));
    expect(lines).toContainEqual(
      expect.stringContaining('| `REGISTRATION` | `open` in development, `closed` in production |'),
    );
  });
});

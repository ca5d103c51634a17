import { plainWords } from '../../src/cli/plain-words.ts';
import { unavailable } from '../../src/errors/refusal.ts';
import { SettingsError } from '../../src/settings/load.ts';

const env = { DATABASE_URL: 'mysql://me:the-password@db/auth' };

describe('a failure in plain words', () => {
  it('is one line, whatever the message', () => {
    expect(plainWords(new Error('one\n  two\nthree'), {})).toBe('one two three');
    expect(plainWords('thrown text', {})).toBe('thrown text');
  });

  it('but one line for each setting', () => {
    const error = new SettingsError(['PORT: must be a number', 'HOST: must be an address']);
    expect(plainWords(error, {}).split('\n').slice(1)).toEqual([
      '  PORT: must be a number',
      '  HOST: must be an address',
    ]);
  });

  it('names the database without its password, and what the driver said', () => {
    const cause = Object.assign(new Error("Unknown database 'auth'"), { code: 'ER_BAD_DB_ERROR' });
    const text = "The database mysql://me:(hidden)@db/auth cannot be used: Unknown database 'auth'";
    expect(plainWords(unavailable(cause), env)).toBe(text);
    expect(plainWords(cause, env)).toBe(text);
  });

  it('names the default database, and the code where the driver said nothing', () => {
    const cause = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(plainWords(unavailable(cause), {})).toBe(
      'The database sqlite:data/portcullis.sqlite cannot be used: ECONNREFUSED',
    );
  });
});

import { createLogger } from '../src/log.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('info', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

it('writes JSON lines with the level as a word and the time in ISO form', () => {
  const line = JSON.parse(logged((logger) => logger.info({ a: 1 }, 'hello')));
  expect(line).toMatchObject({ level: 'info', msg: 'hello', a: 1 });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

it('leaves out what is below its level', () => {
  expect(logged((logger) => logger.debug('hidden'))).toBe('');
});

describe('H2 secrets', () => {
  it('are redacted by the name of their field, at the top and one level down', () => {
    const text = logged((logger) =>
      logger.info({ password: 'hunter2', user: { passwordHash: 'hunter2', email: 'a@example.com' } }),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('a@example.com');
  });

  it('are redacted wherever they stand in a text', () => {
    const text = logged((logger) =>
      logger.error(
        { err: new Error('bad token pr1_AbCdEf-123_xyz') },
        'GET /eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln on mysql://root:hunter2@db:3306/x',
      ),
    );
    expect(text).not.toMatch(/AbCdEf|eyJ|c2ln|hunter2/);
    expect(text).toContain('mysql://[redacted]@db:3306/x');
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it('that a driver hangs onto its errors are not written', () => {
    const cause = Object.assign(new Error('duplicate'), { code: 'ER_DUP_ENTRY', sql: 'hunter2' });
    const error = Object.assign(new Error('query failed', { cause }), { parameters: ['hunter2'] });
    const text = logged((logger) => logger.error({ err: error }));
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text).err).toMatchObject({
      type: 'Error',
      message: 'query failed',
      stack: expect.stringContaining('log.test.ts'),
      cause: { message: 'duplicate', code: 'ER_DUP_ENTRY' },
    });
  });
});

it('H2 writes one well-formed line whatever the text', () => {
  const evil = 'a\r\n{"level":"info"}\u001b[2J\u009b31m\u007f"\\';
  const text = logged((logger) => logger.info({ userAgent: evil }, evil));
  expect(text.trimEnd().split('\n')).toHaveLength(1);
  expect(text.trimEnd()).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(text)).toMatchObject({ userAgent: evil, msg: evil });
});

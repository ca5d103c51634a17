import { createServer } from 'node:http';
import { embed } from '../../src/embed.ts';
import { SettingsError } from '../../src/settings/load.ts';
import { bearer, login, ME, registerUser, send } from '../support/client.ts';
import { CONSOLE } from '../support/console.ts';
import { createSqlite } from '../support/databases.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN, SECRET } from '../support/server.ts';
import { startEmbedded } from './embedded.ts';
import { decorated } from './guest-book.ts';

const start = (options: Parameters<typeof embed>[0]) => embed(options, CONSOLE);

describe('the settings of a Portcullis in a program', () => {
  afterEach(() => {
    delete process.env['ACCESS_TOKEN_TTL'];
  });

  it('are refused all at once, each by its name, unknown ones too', async () => {
    const settings = { DATABASE_URL: 'postgres://x', PORT: 'http', DATABSE_URL: 'sqlite:x' };
    const server = createServer();
    const refused = start({ settings, server }).catch((error: unknown) => error);
    expect(await refused).toBeInstanceOf(SettingsError);
    const { message } = (await refused) as SettingsError;
    for (const line of [
      /^ {2}DATABASE_URL: must be/m,
      /^ {2}PORT: must be/m,
      /^ {2}DATABSE_URL: there is no such setting$/m,
    ])
      expect(message).toMatch(line);
  });

  it('must say where clients reach a server that does not listen yet', async () => {
    const server = createServer();
    const why = 'ISSUER: required, or PORT, as long as the server to join does not listen';
    await expect(start({ server })).rejects.toThrow(why);
    await expect(start({ server, settings: { PORT: '0' } })).rejects.toThrow(why);
  });

  it('come from the environment where they are not given, and from the options where they are', async () => {
    const database = await createSqlite();
    process.env['ACCESS_TOKEN_TTL'] = '2m';
    const ttlOf = async (settings: object) => {
      const portcullis = await startEmbedded(database, { settings });
      const { email, password } = ADMIN;
      const document = 'mutation ($input: LoginInput!) { login(input: $input) { expiresIn } }';
      const answer = await send(portcullis.url, document, { input: { email, password, transport: 'BODY' } });
      await portcullis.stop();
      return answer.data.login.expiresIn;
    };
    expect([await ttlOf({}), await ttlOf({ ACCESS_TOKEN_TTL: '1m' })]).toEqual([120, 60]);
    await database.drop();
  });

  it('let it find a generated password of the first admin, which stands nowhere else', async () => {
    const database = await createSqlite();
    const settings = { BOOTSTRAP_ADMIN_PASSWORD: '' };
    const portcullis = await startEmbedded(database, { settings });
    const { email = '', generatedPassword: password = '' } = portcullis.firstAdmin ?? {};
    expect((await login(portcullis.url, { email, password })).userId).toEqual(expect.any(String));
    expect(JSON.stringify(portcullis.log())).not.toContain(password);
    await portcullis.stop();
    await database.drop();
  });

  it('may be wrong for the database: nothing is left open', async () => {
    const settings = { DATABASE_URL: 'mysql://nobody:x@127.0.0.1:1/none', PORTCULLIS_SECRET: SECRET };
    await expect(start({ settings, log: { write: () => undefined } })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});

onSqlite('two of them in one process', (database) => {
  it('share a schema that was given to both, and nothing else', async () => {
    const other = await createSqlite();
    const schema = decorated();
    const told: string[] = [];
    const settings = { PORTCULLIS_SECRET: SECRET };
    const a = await startEmbedded(database(), {
      schema,
      settings,
      context: () => ({ tenant: 'a' }),
      hooks: { claims: () => ({ of: 'a' }), afterLogin: () => void told.push('a') },
    });
    const b = await startEmbedded(other, { schema, settings, context: () => ({ tenant: 'b' }) });
    const [ofA, ofB] = [await registerUser(a.url), await registerUser(b.url)];
    const whoami = async (url: string, token: string) => {
      const { data, refusal } = await send(url, '{ whoami }', {}, bearer(token));
      return refusal ?? JSON.parse(data.whoami);
    };
    expect(await whoami(a.url, ofA.accessToken)).toMatchObject({ tenant: 'a', claims: { of: 'a' } });
    expect(await whoami(b.url, ofB.accessToken)).toMatchObject({ tenant: 'b', claims: {} });
    const stranger = { code: 'UNAUTHENTICATED', reason: 'INVALID' };
    expect(await whoami(a.url, ofB.accessToken)).toEqual(stranger);
    expect(await whoami(b.url, ofA.accessToken)).toEqual(stranger);
    await a.stop();
    expect((await send(b.url, ME, {}, bearer(ofB.accessToken))).data.me.id).toBe(ofB.userId);
    await b.stop();
    expect(told).toEqual(['a']);
    await other.drop();
  });

  it('says so where the context of the program takes a name that is taken', async () => {
    const portcullis = await startEmbedded(database(), { context: () => ({ auth: 'mine' }) });
    const answer = await send(portcullis.url, '{ __typename }');
    const requestId = expect.any(String);
    expect(answer.refusal).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId });
    expect(answer.text).not.toContain('auth');
    expect(portcullis.log().find(({ level }) => level === 'error')).toMatchObject({
      requestId: answer.refusal?.['requestId'],
      err: { message: 'The context has auth already.' },
    });
    await portcullis.stop();
  });
});

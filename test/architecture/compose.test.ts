import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadSettings } from '../../src/settings/load.ts';
import { SETTING_NAMES } from '../../src/settings/table.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<'server' | 'mysql' | 'redis', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const root = join(__dirname, '../..');

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

/** What compose makes of `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`. */
function substituted(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (found, name?: string, kind?: string, word = '') => {
      if (name === undefined) return found === '$$' ? '$' : found;
      const value = env[name] ?? '';
      if (value === '' && kind === '?') throw new Error(`required: ${name}`);
      return value === '' ? word : value;
    },
  );
}

const operator = {
  ISSUER: 'https://auth.example.com',
  PORTCULLIS_SECRET: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=',
  MYSQL_PASSWORD: '6f1d3c5b7a9e8f0d2b4a6c8e0f1d3b5a',
};

describe('docker-compose.yml', () => {
  const compose: Compose = parse(read('docker-compose.yml'), { strict: true });
  const { server, mysql, redis } = compose.services;

  function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const own = Object.entries(server.environment ?? {});
    const fromImage = /^ENV (.*)$/m.exec(read('Dockerfile'))?.[1]?.split(' ') ?? [];
    return {
      ...Object.fromEntries(fromImage.map((pair) => pair.split('='))),
      ...Object.fromEntries(own.map(([name, text]) => [name, substituted(text, env)])),
    };
  }

  it('sets only variables of the settings table', () => {
    expect(SETTING_NAMES).toEqual(expect.arrayContaining(Object.keys(server.environment ?? {})));
  });

  it('starts the server in production with what the operator must give', () => {
    const settings = loadSettings(serverEnvironment(operator));
    expect(settings).toMatchObject({
      mode: 'production',
      host: '0.0.0.0',
      port: 4000,
      issuer: operator.ISSUER,
      trustProxy: 1,
      bootstrapAdmin: undefined,
      database: {
        kind: 'mysql',
        host: 'mysql',
        port: 3306,
        user: mysql.environment?.['MYSQL_USER'],
        password: operator.MYSQL_PASSWORD,
        name: mysql.environment?.['MYSQL_DATABASE'],
      },
    });
    expect(substituted(mysql.environment?.['MYSQL_PASSWORD'] ?? '', operator)).toBe(operator.MYSQL_PASSWORD);
  });

  it('passes on what the operator may give', () => {
    const given = {
      AUDIENCE: 'web,api',
      ALLOWED_ORIGINS: 'https://app.example.com',
      BODY_ORIGINS: 'capacitor://localhost',
      REGISTRATION: 'open',
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com',
      BOOTSTRAP_ADMIN_PASSWORD: 'sunlit-otter-parade',
      TRUST_PROXY: '172.16.0.0/12',
      LOG_LEVEL: 'warn',
    };
    const environment = serverEnvironment({ ...operator, ...given });
    expect(environment).toMatchObject(given);
    expect(() => loadSettings(environment)).not.toThrow();
  });

  it.each(Object.keys(operator))('has no default for %s', (name) => {
    expect(() => serverEnvironment({ ...operator, [name]: '' })).toThrow(`required: ${name}`);
  });

  it('publishes the server to the proxy on this machine only, and the databases to nobody', () => {
    expect(server.ports?.map((port) => substituted(port, {}))).toEqual(['127.0.0.1:4000:4000']);
    expect([mysql.ports, redis.ports]).toEqual([undefined, undefined]);
  });

  it('starts the server when MySQL is healthy, and knows the health of all', () => {
    expect(server.depends_on).toEqual({ mysql: { condition: 'service_healthy' } });
    for (const service of [server, mysql, redis]) expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(server.healthcheck?.test.join(' ')).toContain("fetch('http://127.0.0.1:4000/readyz')");
  });

  it('runs MySQL 8, durable, with its files on a volume', () => {
    expect(mysql.image).toMatch(/^mysql:8\b/);
    expect(mysql.command).toEqual(
      expect.arrayContaining(['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1']),
    );
    expect(Object.keys(compose.volumes)).toContain(mysql.volumes?.[0]?.split(':')[0]);
    expect(redis.image).toMatch(/^(valkey\/valkey|redis):/);
  });

  it('builds the server from the Dockerfile beside it', () => {
    expect(server.build).toBe('.');
    expect(existsSync(join(root, 'Dockerfile'))).toBe(true);
  });
});

describe('Dockerfile', () => {
  const stages = read('Dockerfile').split(/^(?=FROM )/m);
  const [build = '', final = ''] = stages;

  it('has two stages on one Node, and runs no script of a package', () => {
    const [first, second] = stages.map((stage) => stage.split('\n')[0]);
    expect(first).toBe(`${second} AS build`);
    expect(second).toMatch(/^FROM node:24\.\d+\.\d+-bookworm-slim$/);
    expect(build).toContain('npm ci --ignore-scripts');
    expect(build).toContain('npm prune --omit=dev');
    expect(final).not.toMatch(/apt-get|npm/);
  });

  it('runs the server as a user without rights, in production', () => {
    const lines = final.split('\n');
    expect(lines).toContain('USER node');
    expect(lines.indexOf('USER node')).toBeLessThan(
      lines.indexOf('CMD ["node", "bin/portcullis.js", "serve"]'),
    );
    expect(final).toMatch(/^ENV NODE_ENV=production /m);
    expect(final).toMatch(/^HEALTHCHECK .*\\\n {2}CMD \["node", "-e", "fetch\(`.*\/livez`\)/m);
  });

  it('copies only what is there and what .dockerignore lets through', () => {
    const copied = [...(build + final).matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    expect(copied).toEqual(expect.arrayContaining(['package.json', 'src', 'bin']));
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([]);
    expect(read('.dockerignore').split('\n')).toEqual(
      expect.arrayContaining(copied.map((name) => `!${name}`)),
    );
  });
});

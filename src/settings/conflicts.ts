import { isGuessable } from './parse-secrets.ts';
import { ownOrigins } from './resolve.ts';
import { isSameSite } from './same-site.ts';
import type { SettingName, SettingValues } from './table.ts';

/** What could be read; a setting that could not is missing and has its own problem already. */
type Values = Partial<SettingValues>;
type IsSet = (name: SettingName) => boolean;

/** Settings that are fine alone and wrong together, or wrong in production; each line names its variable. */
export function conflicts(values: Values, isSet: IsSet): readonly string[] {
  return [
    ...missingSecret(values, isSet),
    ...foreignOrigins(values),
    ...originsInBothLists(values),
    ...shortAdminPassword(values),
    ...overlongAudience(values),
    ...sharedPort(values),
    ...(values.NODE_ENV === 'production' ? insecureInProduction(values, isSet) : []),
  ];
}

function missingSecret(values: Values, isSet: IsSet): readonly string[] {
  if (isSet('PORTCULLIS_SECRET')) return [];
  const how = 'generate one with: openssl rand -base64 32';
  if (values.NODE_ENV === 'production') return [`PORTCULLIS_SECRET: required in production; ${how}`];
  if (values.DATABASE_URL?.kind === 'mysql') return [`PORTCULLIS_SECRET: required with MySQL; ${how}`];
  return [];
}

/** Pages of another site would never get the SameSite=Strict cookie: better no start than no sign-in. */
function foreignOrigins({ ALLOWED_ORIGINS = [], ISSUER }: Values): readonly string[] {
  if (ISSUER === undefined) return [];
  return ALLOWED_ORIGINS.filter((origin) => !isSameSite(origin, ISSUER)).map(
    (origin) =>
      `ALLOWED_ORIGINS: ${origin} is not same-site with ISSUER ${ISSUER}; its pages would never send the cookie`,
  );
}

/** Which origins get the cookie when none were named; unknown as long as the port is. */
function cookieOrigins({ ALLOWED_ORIGINS, NODE_ENV, ISSUER, PORT }: Values): readonly string[] {
  if (ALLOWED_ORIGINS !== undefined) return ALLOWED_ORIGINS;
  if (NODE_ENV === undefined || PORT === undefined) return [];
  return ownOrigins(NODE_ENV, ISSUER ?? `http://localhost:${PORT}`, PORT);
}

/** An origin has one transport: the cookie, or the body and then never the cookie. */
function originsInBothLists(values: Values): readonly string[] {
  const cookie = new Set(cookieOrigins(values));
  return (values.BODY_ORIGINS ?? [])
    .filter((origin) => cookie.has(origin))
    .map(
      (origin) =>
        `BODY_ORIGINS: ${origin} is one of ALLOWED_ORIGINS too; an origin uses the cookie or the body`,
    );
}

/** Both stand in every access token, whose length the verifier bounds (tokens/verify-access-token.ts). */
const LONGEST_ADDRESSES = 1500;

function overlongAudience({ AUDIENCE = [], ISSUER = '' }: Values): readonly string[] {
  const length = Buffer.byteLength(JSON.stringify([ISSUER, ...AUDIENCE]));
  return length <= LONGEST_ADDRESSES
    ? []
    : [`AUDIENCE: is too long for a token: with ISSUER ${length} bytes, at most ${LONGEST_ADDRESSES}`];
}

/** Two listeners cannot have one port; `0` is a free one for each. */
function sharedPort({ PORT, METRICS_PORT }: Values): readonly string[] {
  if (METRICS_PORT === undefined || METRICS_PORT === 0 || METRICS_PORT !== PORT) return [];
  return [`METRICS_PORT: is PORT too (${PORT}); metrics need a port of their own`];
}

function shortAdminPassword(values: Values): readonly string[] {
  const { BOOTSTRAP_ADMIN_PASSWORD: password, PASSWORD_MIN_LENGTH: least } = values;
  if (password === undefined || least === undefined || [...password].length >= least) return [];
  return [`BOOTSTRAP_ADMIN_PASSWORD: must have at least PASSWORD_MIN_LENGTH (${least}) characters`];
}

function insecureInProduction(values: Values, isSet: IsSet): readonly string[] {
  return [
    ...placeholderSecret(values),
    ...insecureIssuer(values, isSet),
    ...(values.LOGIN_THROTTLE === false ? ['LOGIN_THROTTLE: off is refused in production'] : []),
    ...(values.COOKIE_SECURE === 'off' ? ['COOKIE_SECURE: off is refused in production'] : []),
    ...(values.TRUST_PROXY === 'all' ? [TRUSTS_EVERYBODY] : []),
    ...plainOrigins('ALLOWED_ORIGINS', values),
    ...plainOrigins('BODY_ORIGINS', values),
    ...halfAdmin(isSet),
    ...severalInstances(values, isSet),
  ];
}

const TRUSTS_EVERYBODY =
  'TRUST_PROXY: must not trust everybody in production: any client could forge its address; name the number of proxies or their networks';

function placeholderSecret({ PORTCULLIS_SECRET = [] }: Values): readonly string[] {
  if (!PORTCULLIS_SECRET.some(isGuessable)) return [];
  return [
    'PORTCULLIS_SECRET: is a repeated pattern, not random bytes; generate one with: openssl rand -base64 32',
  ];
}

/** SQLite serves one instance: who asks for what several need has several in mind. */
function severalInstances({ DATABASE_URL, FRESHNESS }: Values, isSet: IsSet): readonly string[] {
  if (DATABASE_URL?.kind !== 'sqlite') return [];
  const why = 'with SQLite is refused in production: it is for several instances, and they need MySQL';
  return [
    ...(isSet('REDIS_URL') ? [`REDIS_URL: ${why}`] : []),
    ...(FRESHNESS === 'bounded' ? [`FRESHNESS: bounded ${why}`] : []),
  ];
}

/** Without https neither the cookie nor the tokens are secret on their way (ASVS V12.2.1, RFC 8414 §2). */
function insecureIssuer({ ISSUER }: Values, isSet: IsSet): readonly string[] {
  if (!isSet('ISSUER'))
    return ['ISSUER: required in production: the https URL under which clients reach this server'];
  return ISSUER?.startsWith('http:') ? [`ISSUER: must be https in production; it is ${ISSUER}`] : [];
}

/** Whoever is on the line of a plain http page can write its scripts. */
function plainOrigins(name: 'ALLOWED_ORIGINS' | 'BODY_ORIGINS', values: Values): readonly string[] {
  return (values[name] ?? [])
    .filter((origin) => origin.startsWith('http:'))
    .map((origin) => `${name}: ${origin} must be https in production`);
}

function halfAdmin(isSet: IsSet): readonly string[] {
  const [email, password] = [isSet('BOOTSTRAP_ADMIN_EMAIL'), isSet('BOOTSTRAP_ADMIN_PASSWORD')];
  if (email === password) return [];
  const [missing, given] = email
    ? ['BOOTSTRAP_ADMIN_PASSWORD', 'BOOTSTRAP_ADMIN_EMAIL']
    : ['BOOTSTRAP_ADMIN_EMAIL', 'BOOTSTRAP_ADMIN_PASSWORD'];
  return [`${missing}: required in production together with ${given}`];
}

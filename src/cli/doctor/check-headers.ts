import { baseHeaders } from '../../http/headers.ts';
import { type Finding, orOk, problem, warning } from './finding.ts';
import type { Answer } from './probe.ts';

const YEAR = 31_536_000;

/** Whether the headers of an answer came through whole (SECURITY H5). */
export function checkHeaders({ headers }: Pick<Answer, 'headers'>, https: boolean): readonly Finding[] {
  const expected = Object.entries(baseHeaders(false));
  const findings = [
    ...expected.flatMap(([name, value]) => changed(name, value, headers.get(name))),
    ...(https ? transportSecurity(headers.get('strict-transport-security')) : []),
    ...['server', 'x-powered-by'].flatMap((name) => banner(name, headers.get(name))),
  ];
  return orOk(findings, 'headers', 'all security headers arrive.');
}

/** A proxy may add to a header. */
function changed(name: string, sent: string, got: string | null): Finding[] {
  if (got?.includes(sent)) return [];
  const what = `${name} arrives as ${got ?? 'nothing'}; the server sends ${sent}.`;
  return [problem('headers', what, 'Let the proxy leave this header alone.')];
}

function transportSecurity(got: string | null): Finding[] {
  const [, age = '0'] = /max-age="?(\d+)/.exec(got ?? '') ?? [];
  if (Number(age) >= YEAR) return [];
  const what = `strict-transport-security is ${got ?? 'missing'}: a browser may try plain http first.`;
  return [warning('headers', what, 'Set ISSUER to the https URL, and let the proxy pass the header on.')];
}

function banner(name: string, got: string | null): Finding[] {
  if (got === null || (name === 'server' && !/\d/.test(got))) return [];
  const what = `${name} is ${got}: it tells which holes to try.`;
  return [warning('headers', what, 'Switch it off in the proxy (nginx: server_tokens off).')];
}

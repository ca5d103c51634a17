import { RefreshCookieJar, refreshCookieValues } from '../../src/http/refresh-cookie.ts';
import { comeToAnEnd } from '../support/come-to-an-end.ts';

describe('D1 the attributes of the cookie', () => {
  it('are those of a __Host- cookie that lives to the idle deadline', () => {
    const jar = new RefreshCookieJar(undefined, true);
    jar.set('pr1_a-b_C', 86_400.9);
    expect(jar.header).toBe(
      '__Host-refresh_token=pr1_a-b_C; Max-Age=86400; Path=/; HttpOnly; Secure; SameSite=Strict',
    );
  });

  it('have no life time where the browser shall forget it', () => {
    const jar = new RefreshCookieJar(undefined, true);
    jar.set('pr1_a', undefined);
    expect(jar.header).toBe('__Host-refresh_token=pr1_a; Path=/; HttpOnly; Secure; SameSite=Strict');
  });

  it('are the same when it is cleared', () => {
    const jar = new RefreshCookieJar('pr1_a', true);
    jar.clear();
    expect(jar.header).toBe(
      '__Host-refresh_token=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ' +
        'HttpOnly; Secure; SameSite=Strict',
    );
  });

  it('lack Secure and the prefix over plain http', () => {
    const jar = new RefreshCookieJar(undefined, false);
    jar.set('pr1_a', 60);
    expect(jar.header).toBe('refresh_token=pr1_a; Max-Age=60; Path=/; HttpOnly; SameSite=Strict');
  });

  it('never hold a life time below zero', () => {
    const jar = new RefreshCookieJar(undefined, true);
    jar.set('pr1_a', -5);
    expect(jar.header).toContain('Max-Age=0;');
  });
});

it('sends nothing unless it is told to', () => {
  expect(new RefreshCookieJar('pr1_a', true).header).toBeUndefined();
});

it('finds the cookie between blanks, and no other for them', () => {
  const header = 'a=1 ;\t refresh_token=pr1_a \t; refresh _token=pr1_b;\u00a0refresh_token=pr1_c';
  expect(refreshCookieValues(['Cookie', header], 'refresh_token')).toEqual(['pr1_a']);
});

it('F5 goes once over a header of a million blanks', () => {
  const header = `a${' '.repeat(1_000_000)}b; refresh_token=pr1_a`;
  expect(comeToAnEnd(() => refreshCookieValues(['Cookie', header], 'refresh_token'))).toEqual(['pr1_a']);
});

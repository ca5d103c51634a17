import type { BrowserContext, Request, Response } from 'playwright-core';

/** What a browser sends to `/graphql` and gets from it. */
export interface Traffic {
  /** Of all its pages; what was never answered has no response. */
  readonly requests: readonly Request[];
  /** How many operations with this field at the root it has sent. */
  count(field: string): number;
  /** Every access token and every refresh token that came to it. */
  tokens(): Promise<string[]>;
}

export function watchTraffic(context: BrowserContext): Traffic {
  const requests: Request[] = [];
  const tokens: Promise<string[]>[] = [];
  const isOurs = (url: string) => new URL(url).pathname === '/graphql';
  context.on('request', (request) => void (isOurs(request.url()) && requests.push(request)));
  context.on('response', (response) => void (isOurs(response.url()) && tokens.push(tokensIn(response))));
  return {
    requests,
    count: (field) =>
      requests.filter((request) => new RegExp(`\\b${field}\\b`).test(request.postData() ?? '')).length,
    tokens: async () => (await Promise.all(tokens)).flat(),
  };
}

/** At once: a page that is left takes its bodies with it. */
async function tokensIn(response: Response): Promise<string[]> {
  const text = await response.text().catch(() => '');
  const access = [...text.matchAll(/"accessToken":"([^"]+)"/g)];
  const cookies = await response.headerValues('set-cookie').catch(() => []);
  const refresh = [...cookies.join('\n').matchAll(/refresh_token=(pr1_[^;\s]+)/g)];
  return [...access, ...refresh].flatMap(([, token]) => token ?? []);
}

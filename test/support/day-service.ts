import { registerUser } from './client.ts';
import type { TestDatabase } from './databases.ts';
import type { DayRecord } from './day-record.ts';
import { FeedReader } from './feed-reader.ts';
import { basic, newService, postForm, type Service } from './service.ts';

/** What a service asks in a day, right and wrong, with secrets and tokens where they belong and where they do not. */
export async function playService(url: string, database: TestDatabase, record: DayRecord): Promise<void> {
  const service = await newService(database, 'day-service');
  record.keepClientSecret(service.secret);
  const user = await registerUser(url);
  record.keepPassword(user.password);
  record.keepAccessToken(user.accessToken);
  record.keepRefreshToken(user.refreshToken);
  const ask = async (path: string, form: Record<string, string>, headers: Record<string, string>) => {
    const answer = await postForm(url, path, form, headers);
    record.say(path, JSON.stringify([[...answer.headers], answer.text]));
  };
  for (const headers of credentials(service)) {
    for (const token of [user.accessToken, user.refreshToken, service.secret]) {
      await ask('/oauth/introspect', { token }, headers);
      await ask('/oauth/introspect', { token, client_secret: service.secret }, headers);
      await ask(`/oauth/introspect?token=${token}&client_secret=${service.secret}`, {}, headers);
    }
  }
  for (const headers of credentials(service))
    await ask('/oauth/revoke', { token: user.refreshToken }, headers);
  for (const cursor of [undefined, service.secret, user.refreshToken]) {
    for (const by of ['header', 'query'] as const) {
      const reader = await FeedReader.admitted(url, service, { cursor, by });
      await reader.current();
      record.say('/revocations', JSON.stringify([reader.response?.headers, reader.messages]));
      reader.close();
    }
  }
}

/** The good one last. */
function credentials({ id, secret, authorization }: Service): Record<string, string>[] {
  return [
    { authorization: basic(id, `${secret}x`) },
    { authorization: basic(secret, id) },
    { authorization: `Bearer ${secret}` },
    { 'user-agent': `Day/1.0 (${secret})`, authorization },
  ];
}

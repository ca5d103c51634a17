import { randomBytes, randomUUID } from 'node:crypto';
import { AccountsPassword } from '@accounts/password';
import { AccountsServer } from '@accounts/server';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { announce } from './announce.mjs';

/**
 * Its sessions behind Apollo Server, as both documentations start them. Its store is two Maps: nothing of a database is
 * measured, which is in its favour.
 */
const users = new Map();
const sessions = new Map();
const db = {
  createUser: async ({ email, password }) => {
    const id = randomUUID();
    users.set(id, {
      id,
      emails: [{ address: email, verified: true }],
      deactivated: false,
      services: { password: { bcrypt: password } },
    });
    return id;
  },
  findUserById: async (id) => users.get(id) ?? null,
  findUserByEmail: async (email) =>
    [...users.values()].find(({ emails }) => emails[0].address === email) ?? null,
  findUserByUsername: async () => null,
  findPasswordHash: async (id) => users.get(id)?.services.password.bcrypt ?? null,
  createSession: async (userId, token) => {
    sessions.set(token, { id: randomUUID(), userId, token, valid: true });
    return sessions.get(token).id;
  },
  findSessionByToken: async (token) => sessions.get(token) ?? null,
};

const password = new AccountsPassword();
const accounts = new AccountsServer({ db, tokenSecret: randomBytes(32).toString('hex') }, { password });
const userId = await password.createUser({
  email: 'somebody@example.com',
  password: 'correct horse battery',
});
const { tokens } = await accounts.loginWithUser(await db.findUserById(userId), {});

const apollo = new ApolloServer({
  typeDefs: 'type User { id: ID! email: String! } type Query { me: User! }',
  resolvers: {
    Query: { me: (_source, _args, { user }) => ({ id: user.id, email: user.emails[0].address }) },
  },
  stopOnTerminationSignals: false,
});
const { url } = await startStandaloneServer(apollo, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({
    user: await accounts.resumeSession((req.headers.authorization ?? '').slice('Bearer '.length)),
  }),
});

announce(url, {
  method: 'POST',
  path: '/graphql',
  headers: { Authorization: `Bearer ${tokens.accessToken}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ query: '{ me { id email } }' }),
  pattern: '"email":"somebody@example.com"',
});

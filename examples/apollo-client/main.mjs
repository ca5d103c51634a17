/**
 * Apollo Client on an access token that is renewed by itself. Beside a running server:
 *
 *   EMAIL=admin@example.com PASSWORD=… npm run example examples/apollo-client/main.mjs
 *
 * In a page it is the same without `storage`: the refresh token is in a cookie that no script can read.
 */
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createClient } from 'portcullis/client';
import { createPortcullisLink } from 'portcullis/client/apollo';

const { URL: url = 'http://127.0.0.1:4000/graphql', EMAIL = '', PASSWORD = '' } = process.env;

/** @typedef {{ me: { email: string, roles: string[] } }} Me */

/** @type {import('@apollo/client').TypedDocumentNode<Me>} */
const ME = gql`
  query Me {
    me {
      email
      roles
    }
  }
`;

/** @type {import('@apollo/client').TypedDocumentNode<{ revokeSessions: { revokedCount: number } }>} */
const COUNT_OLD_SESSIONS = gql`
  mutation CountOldSessions {
    revokeSessions(filter: { lastSeenBefore: "2020-01-01T00:00:00Z" }, dryRun: true) {
      revokedCount
    }
  }
`;

/** For the life of this program. @type {string | undefined} */
let refreshToken;

const client = createClient({
  url,
  storage: {
    read: () => refreshToken,
    write: (token) => {
      refreshToken = token;
    },
    remove: () => {
      refreshToken = undefined;
    },
  },
  // A page shows a dialog here. Declined on the second try, or a wrong password would be asked for again and again.
  reauthenticate: async ({ error }) => (error ? undefined : PASSWORD),
});

const apollo = new ApolloClient({
  link: ApolloLink.from([createPortcullisLink(client), new HttpLink({ uri: url })]),
  cache: new InMemoryCache(),
});

// What one user has read is not for the next one.
client.on('signedOut', () => void apollo.clearStore());

await client.login({ email: EMAIL, password: PASSWORD });
const { data } = await apollo.query({ query: ME });
process.stdout.write(`${data?.me.email} has the roles ${data?.me.roles.join(', ')}\n`);
const counted = await apollo.mutate({ mutation: COUNT_OLD_SESSIONS });
process.stdout.write(`Sessions not used since 2020: ${counted.data?.revokeSessions.revokedCount}\n`);
await client.logout();
client.close();

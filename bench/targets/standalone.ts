import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { announce } from './announce.ts';
import { helloSchema } from './hello-schema.ts';

/** Apollo Server as its documentation starts it. */
const { url } = await startStandaloneServer(
  new ApolloServer({ schema: helloSchema(), stopOnTerminationSignals: false }),
  {
    listen: { port: 0, host: '127.0.0.1' },
  },
);
announce(new URL(url).origin);

import fc from 'fast-check';
import { type FuzzRequest, utf8 } from '../request.ts';
import { type Operation, operations } from './documents.ts';
import { type Header, headers } from './headers.ts';
import { mutated, spoilt } from './mutations.ts';
import { oddValue } from './values.ts';

/** What a JSON body may have beside, or in place of, what belongs there; not only objects. */
type Body = object | string;

const valid = operations();

const withOddVariables = valid.chain((operation) =>
  spoilt(operation.variables).map((variables) => ({ ...operation, variables })),
);

const withOddDocument = valid.chain((operation) =>
  mutated(operation.query).map((query) => ({ ...operation, query })),
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: valid },
  { weight: 2, arbitrary: withOddVariables },
  { weight: 2, arbitrary: withOddDocument },
);

/** A member of the body that is missing, of another type, or one too many. */
const oddMember: fc.Arbitrary<Body> = fc
  .tuple(
    operation,
    fc.constantFrom('query', 'variables', 'operationName', 'extensions', 'id', '__proto__', 'constructor'),
    fc.option(oddValue, { nil: undefined }),
  )
  .map(([body, member, value]) => {
    const { [member as 'query']: _, ...rest } = body;
    // Written by hand, since an assignment to `__proto__` would make no member.
    return value === undefined ? rest : `{${JSON.stringify(member)}:${JSON.stringify(value)},${inner(rest)}}`;
  });

const WHOLE_BODIES = [
  '',
  'null',
  '[]',
  '{}',
  '"query"',
  '0',
  '{"query":',
  '\ufeff{"query":"{ __typename }"}',
  '{"query":"{ __typename }"} x',
  '{"query":"{ me { id } }","query":"{ __typename }"}',
  `{"query":"{ __typename }","variables":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
  `{"query":"{ __typename }","extensions":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  '{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
  'query=%7B__typename%7D',
];

const body: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 20, arbitrary: operation },
    { weight: 2, arbitrary: oddMember },
    { weight: 1, arbitrary: fc.constantFrom<Body>(...WHOLE_BODIES) },
    { weight: 1, arbitrary: fc.array(operation, { minLength: 1, maxLength: 3 }).map(inJson) },
  )
  .map((value) => utf8(typeof value === 'string' ? value : inJson(value)));

/** The same bytes with a few of them changed, added or taken away. */
const brokenBody: fc.Arbitrary<string> = fc
  .tuple(
    body,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: -1, max: 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([bytes, edits]) =>
    edits.reduce((text, [place, change, byte]) => {
      const at = place % (text.length + 1);
      const put = change < 0 ? '' : String.fromCharCode(byte);
      return text.slice(0, at) + put + text.slice(change > 0 ? at : at + 1);
    }, bytes),
  );

const post: fc.Arbitrary<FuzzRequest> = fc.record({
  method: fc.constant('POST'),
  target: fc.oneof(
    { weight: 15, arbitrary: fc.constant('/graphql') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('/graphql?', '/graphql?query=%7B__typename%7D', '/graphql?a[b]=c#d'),
    },
  ),
  headers,
  body: fc.oneof({ weight: 15, arbitrary: body }, { weight: 1, arbitrary: brokenBody }),
  chunkSize: fc.option(fc.integer({ min: 20, max: 4_000 }), { nil: undefined, freq: 8 }),
});

/** Queries by GET, which Apollo Server answers where its CSRF prevention is content. */
const get: fc.Arbitrary<FuzzRequest> = fc
  .tuple(operation, headers, fc.nat({ max: 20 }))
  .map(([asked, sent, cut]) => {
    const search = new URLSearchParams({ query: asked.query, variables: JSON.stringify(asked.variables) });
    if (asked.operationName !== undefined) search.set('operationName', asked.operationName);
    const text = search.toString().replaceAll('%3C', '<').replaceAll('%3E', '>').slice(0, 8_000);
    const required: Header = ['Apollo-Require-Preflight', '1'];
    const target = `/graphql?${cut === 0 ? text.slice(0, text.length / 2) : text}`;
    return { method: 'GET', target, headers: [required, ...sent] };
  });

/** Requests to the GraphQL endpoint. */
export const graphqlRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 12, arbitrary: post },
  { weight: 1, arbitrary: get },
);

function inJson(value: unknown): string {
  return JSON.stringify(value);
}

function inner(rest: object): string {
  return JSON.stringify(rest).slice(1, -1);
}

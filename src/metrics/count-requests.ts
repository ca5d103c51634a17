import { Histogram, type Registry } from 'prom-client';
import type { FieldListener } from '../graphql/observe-fields.ts';
import type { AnswerListener } from '../http/observe-requests.ts';
import { Tally } from './tally.ts';

/** Seconds: from an answer that needed no database to one that waited for a lock. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function countRequests(registry: Registry): AnswerListener {
  const requests = new Tally(
    registry,
    'portcullis_http_requests_total',
    'Requests that are over, by route, method and class of the status.',
    ['route', 'method', 'status'],
  );
  const durations = new Histogram({
    name: 'portcullis_http_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer; where that goes on and on, to its beginning.',
    labelNames: ['route'],
    buckets: DURATIONS,
    registers: [registry],
  });
  return ({ route = 'other', method, status, seconds }) => {
    const statusClass = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
    requests.cell(route, method, statusClass).count += 1;
    durations.observe({ route }, seconds);
  };
}

/** Codes of errors that a label may have, so that no error can make labels without end. */
const CODES: ReadonlySet<string | undefined> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'REAUTHENTICATION_REQUIRED',
  'INVALID_CREDENTIALS',
  'RATE_LIMITED',
  'BAD_USER_INPUT',
  'SESSION_LIMIT',
  'NOT_FOUND',
  'UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

export function countFields(registry: Registry): FieldListener {
  const fields = new Tally(
    registry,
    'portcullis_graphql_fields_total',
    'Root fields that were asked for, by how they ended: ok, or the code of the error.',
    ['field', 'outcome'],
  );
  return ({ name: field = 'none', code }) => {
    const outcome = code === undefined ? 'ok' : CODES.has(code) ? code : 'OTHER';
    fields.cell(field, outcome).count += 1;
  };
}

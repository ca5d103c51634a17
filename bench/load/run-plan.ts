import { Connection } from './connection.ts';
import type { Figures, Lane, Plan, Step } from './plan.ts';

/** @throws Error when an answer is not what was expected */
export async function runPlan({ url, lanes, duration }: Plan): Promise<Figures> {
  const connections = await Promise.all(lanes.map(() => Connection.open(url)));
  const latencies: number[] = [];
  const begin = performance.now();
  const until = begin + duration;
  const timed = async (connection: Connection, request: string) => {
    const sentAt = performance.now();
    const body = await connection.send(request);
    const now = performance.now();
    if (now <= until) latencies.push(now - sentAt);
    return body;
  };
  await Promise.all(
    connections.map((connection, index) => runLane(lanes[index], until, (text) => timed(connection, text))),
  );
  const elapsed = Math.min(performance.now(), until) - begin;
  for (const connection of connections) connection.close();
  return figures(latencies, elapsed);
}

async function runLane(
  lane: Lane | undefined,
  until: number,
  send: (request: string) => Promise<string>,
): Promise<void> {
  if (lane === undefined) return;
  if (lane.kind === 'chain') return runChain(lane, until, send);
  do {
    for (const step of lane.steps) {
      if (performance.now() >= until) return;
      check(step, await send(step.request));
    }
  } while (lane.kind === 'cycle');
}

async function runChain(
  { request, first, next }: Extract<Lane, { kind: 'chain' }>,
  until: number,
  send: (request: string) => Promise<string>,
): Promise<void> {
  const pattern = new RegExp(next);
  for (let token = first; performance.now() < until; ) {
    const body = await send(request.replace('{token}', token));
    const found = pattern.exec(body)?.[1];
    if (found === undefined) throw new Error(`An answer lacks ${next}: ${body}`);
    token = found;
  }
}

function check({ answer, pattern }: Step, body: string): void {
  const isRight = pattern === undefined ? body === answer : new RegExp(pattern).test(body);
  if (!isRight) throw new Error(`Wanted ${pattern ?? answer}, got ${body}`);
}

function figures(latencies: number[], elapsed: number): Figures {
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return {
    requests: latencies.length,
    perSecond: (latencies.length / elapsed) * 1000,
    p50: percentile(0.5),
    p99: percentile(0.99),
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figures, Plan } from './plan.ts';

/** Runs plans, one after the other, in the process of the load generator. */
export class Generator {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = fork(fileURLToPath(new URL('worker.js', import.meta.url)), { serialization: 'advanced' });
  }

  /** @throws Error when an answer was not what was expected */
  async run(plan: Plan): Promise<Figures> {
    this.#process.send(plan);
    const [result] = (await once(this.#process, 'message')) as [Figures | { failure: string }];
    if ('failure' in result) throw new Error(`${plan.url}: ${result.failure}`);
    return result;
  }

  stop(): void {
    this.#process.disconnect();
  }
}

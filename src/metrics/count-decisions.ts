import { Histogram, type Registry } from 'prom-client';
import { CHECK_OUTCOMES, type GuardListener } from '../guard/guard-listener.ts';
import type { BatchListener } from '../guard/state-loader.ts';
import { Tally } from './tally.ts';

export function countDecisions(registry: Registry): GuardListener {
  const checks = tally(registry, 'checks', 'Checks of who calls, by how they ended.', 'outcome');
  for (const outcome of CHECK_OUTCOMES) checks.cell(outcome);
  const denials = tally(registry, 'denials', 'Fields that a proven caller was kept from, by code.', 'code');
  for (const code of ['FORBIDDEN', 'REAUTHENTICATION_REQUIRED']) denials.cell(code);
  return {
    checked: (outcome) => {
      checks.cell(outcome).count += 1;
    },
    denied: (code) => {
      denials.cell(code).count += 1;
    },
  };
}

function tally(registry: Registry, what: string, help: string, label: string): Tally<string> {
  return new Tally(registry, `portcullis_guard_${what}_total`, help, [label]);
}

export function measureBatches(registry: Registry): BatchListener {
  const sizes = new Histogram({
    name: 'portcullis_guard_batch_size',
    help: 'Sessions whose state one query read.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'portcullis_guard_batch_duration_seconds',
    help: 'How long the query for the states of a batch took.',
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  });
  return (size, seconds) => {
    sizes.observe(size);
    durations.observe(seconds);
  };
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Goal, Section } from './bench.ts';
import type { Measured } from './compare.ts';
import { ROOT } from './program.ts';

/** Columns of a comparison. */
export const COMPARISON = ['', 'requests a second', 'ratio', 'p50 ms', 'p99 ms', 'CPU µs a request'];

/** @param base what the ratio is taken to */
export function comparisonRow(name: string, figures: Measured, base: Measured): string[] {
  const { perSecond, p50, p99, cpu } = figures;
  return [
    name,
    perSecond.toFixed(0),
    (perSecond / base.perSecond).toFixed(2),
    p50.toFixed(1),
    p99.toFixed(1),
    Number.isNaN(cpu) ? '–' : cpu.toFixed(0),
  ];
}

/** The whole page. */
export function page(sections: readonly Section[], databaseVersion: string): string {
  return [
    '# Performance',
    '',
    'Written by `npm run bench`, which measures everything side by side in one run: the targets take turns, round after',
    'round, and the median counts. Every answer is compared with what it has to be. What else the machine does meets all',
    'of them alike, so the ratios are what can be relied on, and the absolute figures tell of this machine alone.',
    '',
    ...machine(databaseVersion),
    '',
    ...sections.flatMap(sectionLines),
    '## How to repeat it',
    '',
    'On a machine that does nothing else, with `mariadbd` installed:',
    '',
    '```sh',
    'npm ci',
    'npm run bench',
    '```',
    '',
    '`npm run bench -- --quick` shows within minutes that everything runs; `npm run bench -- --only protected` measures one',
    'part. Neither writes this page. The load comes from a process of its own over the loopback device, so generator,',
    'server and database share the processors.',
    '',
  ].join('\n');
}

function machine(databaseVersion: string): string[] {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return [
    `Portcullis ${version}, Node.js ${process.version.slice(1)}, ${databaseVersion}, ${kernel()};`,
    `${cpus().length} × ${cpu?.model.trim()}, ${memory}. ${new Date().toISOString().slice(0, 10)}.`,
  ];
}

function kernel(): string {
  return execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim();
}

export function sectionLines({ title, about, columns, rows, goals = [] }: Section): string[] {
  return [
    `## ${title}`,
    '',
    about,
    '',
    ...table(columns, rows),
    '',
    ...(goals.length === 0 ? [] : [...table(['goal', 'wanted', 'measured', ''], goals.map(goalRow)), '']),
  ];
}

function goalRow({ name, atLeast, atMost, result }: Goal): string[] {
  const reached =
    result >= (atLeast ?? Number.NEGATIVE_INFINITY) && result <= (atMost ?? Number.POSITIVE_INFINITY);
  const wanted = atLeast === undefined ? `≤ ${atMost?.toFixed(2)}` : `≥ ${atLeast.toFixed(2)}`;
  return [name, wanted, result.toFixed(2), reached ? 'reached' : 'missed'];
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
}

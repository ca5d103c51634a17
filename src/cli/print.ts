import { printable } from './printable.ts';

/** Prints a result for programs. C1 controls are escaped too: terminals obey them, and JSON leaves them raw. */
export function printJson(value: object): void {
  const json = JSON.stringify(value, null, 2);
  const escaped = json.replace(/[\u007f-\u009f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
  process.stdout.write(`${escaped}\n`);
}

/** Prints a result for people. */
export function printText(text: string): void {
  process.stdout.write(`${text.split('\n').map(printable).join('\n')}\n`);
}

/** Columns that a line of stdout may have; a file or a pipe takes any. */
export function stdoutWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

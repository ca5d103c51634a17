import { printable } from './printable.ts';

/** Prints a result for programs. */
export function printJson(value: object): void {
  process.stdout.write(`${withoutControls(JSON.stringify(value, null, 2))}\n`);
}

/** Prints one of many results for programs that read line by line. */
export function printJsonLine(value: object): void {
  process.stdout.write(`${withoutControls(JSON.stringify(value))}\n`);
}

/** C1 controls are escaped too: terminals obey them, and JSON leaves them raw. */
function withoutControls(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}

/** Prints a result for people. */
export function printText(text: string): void {
  process.stdout.write(`${text.split('\n').map(printable).join('\n')}\n`);
}

/** Columns that a line of stdout may have; a file or a pipe takes any. */
export function stdoutWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

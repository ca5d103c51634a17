import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Under these names Linux distributions and Google install it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser of this machine, if it has one. */
export function findChromium(path = process.env['PATH'] ?? ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

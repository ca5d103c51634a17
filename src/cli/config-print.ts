import type { Command } from 'commander';
import { describeSettings, type SettingDescription } from '../settings/describe.ts';
import { loadSettings } from '../settings/load.ts';
import { type Column, formatTable } from './format-table.ts';
import { printJson, printText, stdoutWidth } from './print.ts';

export function addConfigPrint(config: Command): void {
  config
    .command('print')
    .description('Print every setting as the server would read it here; secrets are hidden.')
    .option('--json', 'print JSON: a list of {"name", "value", "isDefault"}')
    .addHelpText(
      'after',
      `
A setting is an environment variable. Those that cannot be used are named all at
once.

Examples:
  portcullis config print
  NODE_ENV=production portcullis config print`,
    )
    .action(configPrint);
}

function configPrint({ json }: { json?: true }): void {
  const settings = describeSettings(loadSettings(process.env), process.env);
  if (json) printJson(settings);
  else printText(formatTable(COLUMNS, settings, stdoutWidth()));
}

const COLUMNS: readonly Column<SettingDescription>[] = [
  { title: 'SETTING', text: ({ name }) => name },
  { title: 'FROM', text: ({ isDefault }) => (isDefault ? 'default' : 'environment') },
  { title: 'VALUE', text: ({ value }) => value, folds: true },
];

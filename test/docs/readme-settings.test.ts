import { settingsMarkdown } from '../../src/settings/describe.ts';
import { readText } from './markdown.ts';

it('the README shows the settings table as the code has it', () => {
  const [, section = ''] = readText('README.md').split('\n## Settings\n');
  const table = section.slice(section.indexOf('|')).split('\n\n')[0];
  expect(table).toBe(settingsMarkdown().trimEnd());
});

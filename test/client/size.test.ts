import { execFileSync } from 'node:child_process';
import { CHECKOUT } from '../support/processes.ts';

it.each([
  ['index.ts', 5_000],
  ['socket/index.ts', 4_000],
])('src/client/%s is smaller than %i bytes, minified and gzipped', (entry, limit) => {
  const program = `import('./scripts/measure-client.mjs').then((it) => it.measureClient('${entry}')).then(console.log)`;
  const size = Number(execFileSync(process.execPath, ['-e', program], { cwd: CHECKOUT, encoding: 'utf8' }));
  expect(size).toBeGreaterThan(1_000);
  expect(size).toBeLessThan(limit);
});

import { execFileSync } from 'node:child_process';
import { CHECKOUT } from '../support/processes.ts';

it('the core of the client is smaller than 5 kB, minified and gzipped', () => {
  const program = "import('./scripts/measure-client.mjs').then((it) => it.measureClient()).then(console.log)";
  const size = Number(execFileSync(process.execPath, ['-e', program], { cwd: CHECKOUT, encoding: 'utf8' }));
  expect(size).toBeGreaterThan(1_000);
  expect(size).toBeLessThan(5_000);
});

import cluster from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../program.ts';
import { announce } from './announce.ts';

/** So many processes of the product's own program behind one port: node:cluster hands them the connections in turn. */
const [processes = '2'] = process.argv.slice(2);

cluster.setupPrimary({ exec: join(ROOT, 'bin/portcullis.js'), args: ['serve'], silent: true });

const urls = await Promise.all(
  Array.from({ length: Number(processes) }, async () => {
    const worker = cluster.fork();
    let banner = '';
    return new Promise<string>((resolve, reject) => {
      worker.process.stdout?.on('data', (chunk: Buffer) => {
        banner += chunk;
        const url = /ready at (\S+)\n/.exec(banner)?.[1];
        if (url !== undefined) resolve(url);
      });
      worker.process.stderr?.pipe(process.stderr);
      worker.once('exit', () => reject(new Error('A process ended at its start.')));
    });
  }),
);

process.once('SIGTERM', async () => {
  const workers = Object.values(cluster.workers ?? {}).flatMap((worker) => worker?.process ?? []);
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  process.exit();
});
announce(urls[0] ?? '');

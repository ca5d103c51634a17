/** Measures an entry of the client as an application's bundler would ship it: one minified module, compressed. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * @param entry in src/client
 * @returns bytes, gzipped; without packages of others
 */
export async function measureClient(entry = 'index.ts') {
  const { build } = await import('vite');
  const rollupOptions = {
    input: fileURLToPath(new URL(`../src/client/${entry}`, import.meta.url)),
    preserveEntrySignatures: 'strict',
    external: ['graphql-ws/client'],
  };
  const options = { write: false, target: 'es2022', modulePreload: false, rollupOptions };
  const { output } = await build({ configFile: false, logLevel: 'error', build: options });
  return gzipSync(output[0].code, { level: 9 }).length;
}

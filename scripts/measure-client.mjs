/** Measures `portcullis/client` as an application's bundler would ship it: one minified module, compressed. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** @returns bytes, gzipped */
export async function measureClient() {
  const { build } = await import('vite');
  const rollupOptions = {
    input: fileURLToPath(new URL('../src/client/index.ts', import.meta.url)),
    preserveEntrySignatures: 'strict',
  };
  const options = { write: false, target: 'es2022', modulePreload: false, rollupOptions };
  const { output } = await build({ configFile: false, logLevel: 'error', build: options });
  return gzipSync(output[0].code, { level: 9 }).length;
}

import { defineConfig } from 'vite';

/** The console's pages: static files that the server hands out under a strict CSP, so nothing of them is inline. */
export default defineConfig({
  root: import.meta.dirname,
  esbuild: { jsx: 'automatic' },
  build: {
    target: 'es2022',
    emptyOutDir: true,
    // A file that became a data: URL would need a hole in the CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

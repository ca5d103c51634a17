#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A published package brings dist/ along; a checkout compiles it when the sources have changed.
const build = new URL('../scripts/build.mjs', import.meta.url);
if (existsSync(build)) await import(build.href);

await import('../dist/src/cli/portcullis.js');

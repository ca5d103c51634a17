/** Writes schema.graphql as the code has it; a test holds the two equal. */
import { writeFileSync } from 'node:fs';
import './build.mjs';

const { printSchemaWithDirectives } = await import('../dist/src/directive/print-schema.js');
const { createSchema } = await import('../dist/src/graphql/schema.js');

writeFileSync(new URL('../schema.graphql', import.meta.url), printSchemaWithDirectives(createSchema()));

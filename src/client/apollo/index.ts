export type { ClientOptions } from '../index.ts';

import { loadSettings } from './src/settings/load.ts';
import { createDataSource } from './src/storage/data-source.ts';

// A SQLite file that TypeORM makes is readable to its owner alone too, as the server's are.
process.umask(0o077);

/** The DataSource for TypeORM's own command line; the server opens its own through the same function. */
export default createDataSource(loadSettings(process.env).database);

import { loadSettings } from './src/settings/load.ts';
import { createDataSource } from './src/storage/data-source.ts';

/** The DataSource for TypeORM's own command line; the server opens its own through the same function. */
export default createDataSource(loadSettings(process.env).database);

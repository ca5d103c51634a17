import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';
import { uuidFromBytes, uuidToBytes } from '../tokens/uuid.ts';
import type { Dialect } from './dialect.ts';

/** Ids are UUIDv7 text in the code and 16 bytes in the table: small, and inserted at the end of the index. */
const uuidTransformer: ValueTransformer = {
  to: (id: unknown) => (typeof id === 'string' ? uuidToBytes(id) : id),
  from: (bytes: unknown) => (bytes instanceof Uint8Array ? uuidFromBytes(bytes) : bytes),
};

/** MySQL's driver hands out BIGINT as text; every one of ours is a safe integer. */
const integerTransformer: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null ? null : Number(value)),
};

const bytesTransformer: ValueTransformer = {
  to: (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value) : value),
  from: (value: unknown) => value,
};

/** The column types of one dialect, so that the rows are declared once for both. */
export function columnTypes(dialect: Dialect) {
  const mysql = dialect === 'mysql';
  const bigint = (options: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
    type: mysql ? 'bigint' : 'integer',
    transformer: integerTransformer,
    ...options,
  });
  return {
    uuid: (options: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
      ...(mysql ? { type: 'binary', length: 16 } : { type: 'blob' }),
      transformer: uuidTransformer,
      ...options,
    }),
    bytes: (length: number): EntitySchemaColumnOptions => ({
      ...(mysql ? { type: 'binary', length } : { type: 'blob' }),
      transformer: bytesTransformer,
    }),
    text: (length: number, options: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
      ...(mysql ? { type: 'varchar', length } : { type: 'text' }),
      ...options,
    }),
    longText: (): EntitySchemaColumnOptions => ({ type: 'text' }),
    /** Milliseconds of the database's clock. */
    time: bigint,
    bigint,
    integer: (options: Partial<EntitySchemaColumnOptions> = {}): EntitySchemaColumnOptions => ({
      ...(mysql ? { type: 'int', unsigned: true } : { type: 'integer' }),
      ...options,
    }),
    flag: (): EntitySchemaColumnOptions => ({
      type: mysql ? 'tinyint' : 'integer',
      transformer: { to: (value: unknown) => (value === undefined ? value : Number(value)), from: Boolean },
    }),
  };
}

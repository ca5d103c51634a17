import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { PageRequest } from '../paging/page.ts';
import { uuidToBytes } from '../tokens/uuid.ts';

/**
 * Continues a list that is ordered by time and id, newest first. The first condition repeats what the second one says, in
 * a form from which MySQL makes an index range.
 */
export function after<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  time: string,
  id: string,
  page: PageRequest,
): void {
  if (page.after === undefined) return;
  const [at, lastId] = page.after;
  query
    .andWhere(`${time} <= :afterTime`)
    .andWhere(`(${time} < :afterTime OR ${id} < :afterId)`)
    .setParameters({ afterTime: at, afterId: uuidToBytes(String(lastId)) });
}

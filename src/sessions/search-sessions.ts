import { badUserInput } from '../errors/refusal.ts';
import type { Page, PageRequest } from '../paging/page.ts';
import type { Session } from './session.ts';

/** Conditions that all hold; times are milliseconds. */
export interface SessionFilter {
  readonly userId?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly userAgentContains?: string | undefined;
  readonly createdBefore?: number | undefined;
  readonly lastSeenBefore?: number | undefined;
  readonly includeEnded?: boolean | undefined;
}

/** Sessions of all users, newest first. */
export interface SessionDirectory {
  /** @param now milliseconds: without `includeEnded`, those that live then */
  search(filter: SessionFilter, now: number, page: PageRequest): Promise<Page<Session>>;
  count(filter: SessionFilter, now: number): Promise<number>;
}

/** Whether a filter can be answered by an index; a part of a user agent alone would read every row. */
function isSelective({ userId, ipAddress, createdBefore, lastSeenBefore }: SessionFilter): boolean {
  return [userId, ipAddress, createdBefore, lastSeenBefore].some((condition) => condition !== undefined);
}

/** @throws Refusal BAD_USER_INPUT for a user agent that narrows nothing */
export function checkListFilter(filter: SessionFilter): void {
  if (filter.userAgentContains === undefined || isSelective(filter)) return;
  throw badUserInput('userAgentContains', 'NOT_ALONE', 'userAgentContains narrows another filter; add one.');
}

/** @throws Refusal BAD_USER_INPUT for a filter that would hit everybody */
export function checkRevokeFilter(filter: SessionFilter): void {
  if (isSelective(filter) || (filter.userAgentContains ?? '') !== '') return;
  throw badUserInput('filter', 'EMPTY', 'The filter must name at least one condition.');
}

import {
  type FieldNode,
  type GraphQLField,
  getNullableType,
  isListType,
  Kind,
  type ValueNode,
} from 'graphql';
import { KEPT_HOURS } from '../../activity/activity.ts';
import { LARGEST_PAGE } from '../../paging/page.ts';
import { LARGEST_LIST } from '../../sessions/list-sessions.ts';

/** The arguments that say how long a list is, with the most that its field takes. */
const LARGEST: Readonly<Record<string, number>> = { first: LARGEST_LIST, hours: KEPT_HOURS };

/** A list that takes none of them is a short one, such as the roles of a user or the fields of a type. */
const SHORT_LIST = 5;

export interface Rows {
  /** How many values the field itself may stand for. */
  readonly own: number;
  /** A connection's: how many there may be in each list right below it. */
  readonly below: number | undefined;
}

/** @param above what the connection that the field is in says of its lists */
export function rowsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  above: number | undefined,
): Rows {
  const isList = isListType(getNullableType(field.type));
  const size = field.args.find(({ name }) => name in LARGEST);
  if (size === undefined) return { own: isList ? (above ?? SHORT_LIST) : 1, below: undefined };
  const given = node.arguments?.find(({ name }) => name.value === size.name)?.value;
  const largest = (isList ? LARGEST[size.name] : undefined) ?? LARGEST_PAGE;
  const rows = pageSize(given, size.defaultValue, largest);
  return isList ? { own: rows, below: undefined } : { own: 1, below: rows };
}

/** What a variable holds is not known yet: it counts as the largest page. What is larger, the field itself refuses. */
function pageSize(given: ValueNode | undefined, otherwise: unknown, largest: number): number {
  const rows = given?.kind === Kind.INT ? Number(given.value) : given === undefined ? otherwise : largest;
  return typeof rows === 'number' ? Math.max(0, Math.min(rows, largest)) : largest;
}

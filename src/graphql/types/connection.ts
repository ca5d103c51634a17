import { type ClassType, Field, ObjectType } from 'type-graphql';
import { encodeCursor, type Page } from '../../paging/page.ts';

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Pass it as `after` for the next page.' })
  readonly endCursor!: string | null;
}

/** A Relay connection (GraphQL Cursor Connections) over `Item`, with `nodes` as the short way. */
export function connectionType<Item extends object>(name: string, item: ClassType<Item>) {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String)
    readonly cursor!: string;

    @Field(() => item)
    readonly node!: Item;
  }

  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge])
    readonly edges!: Edge[];

    @Field(() => [item])
    readonly nodes!: Item[];

    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo;
  }
  return Connection;
}

/** @param toNode the visible form of a row */
export function connection<Row, Item>(page: Page<Row>, toNode: (row: Row) => Item) {
  const edges = page.items.map(({ position, item }) => ({
    cursor: encodeCursor(position),
    node: toNode(item),
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

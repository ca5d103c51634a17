import { useQuery } from '@apollo/client/react';
import { USER } from '../operations/users.ts';
import { hrefOf } from '../routes/route.ts';

interface Props {
  readonly userId: string;
  /** The page without the restriction. */
  readonly path: string;
}

/** That a page shows one user only, and the way back to all. */
export function OnlyUser({ userId, path }: Props) {
  const { data, loading } = useQuery(USER, { variables: { id: userId }, fetchPolicy: 'cache-first' });
  const name = data?.user?.email ?? (loading ? '…' : 'a deleted account');
  return (
    <p className="only">
      Only <strong>{name}</strong> <a href={hrefOf(path)}>Show everybody</a>
    </p>
  );
}

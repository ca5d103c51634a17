import { InvalidArgumentError } from 'commander';
import { isUuid } from '../tokens/uuid.ts';

/** @throws InvalidArgumentError */
export function parseSessionId(text: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw new InvalidArgumentError('It must be the id of a session.');
  return id;
}

import type { Core } from './core.ts';
import { holdState, type Message } from './hold-state.ts';
import { markIn } from './mark.ts';
import { postTo } from './post.ts';
import { surroundings } from './surroundings.ts';
import { turnsOf } from './take-turn.ts';
import { transportBy } from './transport.ts';
import type { ClientOptions } from './types.ts';

/** Clients of one server in the tabs of one origin know one another by its address. */
export function openCore({ url, storage }: ClientOptions): { core: Core; address: URL; close: () => void } {
  const page = surroundings();
  const address = new URL(url, page.base);
  const name = `portcullis:${address}`;
  const channel = page.openChannel?.(name);
  const state = holdState((message) => channel?.postMessage(message), page.now);
  if (channel) channel.onmessage = ({ data }: MessageEvent<Message>) => state.hear(data);
  const core: Core = {
    page,
    post: postTo(address.href, page.fetch),
    state,
    mark: markIn(page.storage, name),
    transport: transportBy(storage),
    turn: turnsOf(name, page.locks),
  };
  return { core, address, close: () => channel?.close() };
}

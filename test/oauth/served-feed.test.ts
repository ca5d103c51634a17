import type { Client } from '../../src/oauth/client.ts';
import { ServedFeed, type Subscription } from '../../src/oauth/served-feed.ts';
import { FeedPublisher } from '../../src/revocation/feed-publisher.ts';
import { processMoment } from '../../src/revocation/freshness.ts';

const EMPTY = { head: 0, now: 1, entries: [], isFull: false };
const CLIENT: Client = {
  id: '0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a',
  name: 'a service',
  secretHash: new Uint8Array(32),
  createdAt: 1,
  lastUsedAt: null,
  revokedAt: null,
};

class Connection implements Subscription {
  readonly receivedAt = performance.now();
  readonly sent: string[] = [];
  isOpen = true;
  #onClose: () => void = () => undefined;

  send(message: string | Buffer): void {
    this.sent.push(String(message));
  }

  end(): void {
    this.isOpen = false;
    this.#onClose();
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  async drained(): Promise<void> {}
}

describe('the feed as an instance serves it', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const serve = (isRead = true) => {
    const publisher = new FeedPublisher();
    if (isRead) publisher.onPage(EMPTY, { begun: processMoment(), isCurrent: true });
    const history = { read: async () => EMPTY };
    return new ServedFeed({ publisher, history, clients: { find: async () => [CLIENT] } });
  };
  const subscribe = async (feed: ServedFeed) => {
    const connection = new Connection();
    await feed.subscribe({ client: CLIENT, cursor: undefined, open: () => connection });
    return connection;
  };

  it('ends a subscription after five minutes at most, and after four at least: clocks part', async () => {
    const feed = serve();
    const connection = await subscribe(feed);
    await jest.advanceTimersByTimeAsync(239_000);
    expect(connection.isOpen).toBe(true);
    expect(feed.size).toBe(1);
    await jest.advanceTimersByTimeAsync(61_000);
    expect(connection.isOpen).toBe(false);
    expect(feed.size).toBe(0);
  });

  it('takes nobody before the feed has been read, nor after it was stopped', async () => {
    await expect(subscribe(serve(false))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const feed = serve();
    const connection = await subscribe(feed);
    feed.stop();
    expect(connection.isOpen).toBe(false);
    await expect(subscribe(feed)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('leaves nothing behind of a connection that was gone before it was opened', async () => {
    const feed = serve();
    const gone = new Connection();
    gone.end();
    gone.onClose = (listener) => listener();
    await feed.subscribe({ client: CLIENT, cursor: undefined, open: () => gone });
    expect(gone.sent).toHaveLength(1);
    expect(feed.size).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });
});

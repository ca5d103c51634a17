import { built } from './built.mjs';

const { BEGINNING, follow } = await built('revocation/feed-position.js');

export class FeedFollower {
  #position = BEGINNING;
  #timer;

  constructor(source, freshness, listener) {
    Object.assign(this, { source, freshness, listener });
  }

  start() {
    this.hint();
    this.#timer = setInterval(() => this.freshness.prove(this.freshness.begin()), 100);
  }

  hint() {
    this.#read().catch((error) => this.listener.onFailure(error));
  }

  async stop() {
    clearInterval(this.#timer);
    await this.source.close();
  }

  async #read() {
    const page = await this.source.read(this.#position.last?.sequence ?? 0);
    this.listener.onPage(page);
    this.#position = follow(this.#position, page).position;
  }
}

import type { ApolloLink } from '@apollo/client';
import type { Observable, Observer, Subscription } from 'rxjs';

type Answers = Observer<ApolloLink.Result>;

/** What a link answers, held back until its first word is judged. */
export class HeldAnswer {
  /** The first result; undefined where an error or the end came first. */
  readonly first: Promise<ApolloLink.Result | undefined>;
  readonly #subscription: Subscription;
  readonly #held: ((observer: Answers) => void)[] = [];
  #observer: Answers | undefined;

  constructor(answers: Observable<ApolloLink.Result>) {
    let judge: (result?: ApolloLink.Result) => void = () => undefined;
    this.first = new Promise((resolve) => {
      judge = resolve;
    });
    const pass = (event: (observer: Answers) => void, result?: ApolloLink.Result) => {
      judge(result);
      if (this.#observer) event(this.#observer);
      else this.#held.push(event);
    };
    this.#subscription = answers.subscribe({
      next: (result) => pass((observer) => observer.next(result), result),
      error: (error: unknown) => pass((observer) => observer.error(error)),
      complete: () => pass((observer) => observer.complete()),
    });
  }

  /** To `observer`: what was held back, and from now on everything as it comes. */
  release(observer: Answers): void {
    this.#observer = observer;
    for (const event of this.#held.splice(0)) event(observer);
  }

  drop(): void {
    this.#subscription.unsubscribe();
  }
}

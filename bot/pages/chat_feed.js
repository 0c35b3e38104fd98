// Keeps listening to the server: one long poll after another, and patience when there is none.

import { Nap, backoff } from "./backoff.js";

const WAIT_SECONDS = 25;
const TOO_QUICK_MS = 400;
const BREATH_MS = 1500;

export class Feed {
  #cursor = 0;
  #typing = false;
  #failures = 0;
  #abort = null;
  #first = true;
  #nap = new Nap();

  /** `onNews(answer)` gets every poll's answer, `onFailures(count)` the failures in a row. */
  constructor({ poll, onNews, onFailures }) {
    this.poll = poll;
    this.onNews = onNews;
    this.onFailures = onFailures;
  }

  async run() {
    for (;;) {
      this.#abort = new AbortController();
      await this.#once(this.#abort.signal);
    }
  }

  /** Ask again now: a sleeping phone leaves polls that will never be answered. */
  refresh() {
    this.#abort?.abort();
    this.#nap.wake();
  }

  restart() {
    this.#cursor = 0;
    this.#first = true;
    this.refresh();
  }

  async #once(signal) {
    const started = Date.now();
    const cursor = this.#cursor;
    try {
      const answer = await this.poll({
        after: cursor,
        wait: this.#first || this.#failures ? 0 : WAIT_SECONDS,
        typing: this.#typing,
        signal,
      });
      if (signal.aborted) return;
      const changed = this.#first || answer.cursor !== cursor || answer.typing !== this.#typing;
      this.#take(answer);
      // A proxy that cuts long polls short must not turn this loop into a hammer.
      if (!changed && Date.now() - started < TOO_QUICK_MS) await this.#nap.sleep(BREATH_MS);
    } catch {
      if (signal.aborted) return;
      this.#failures += 1;
      this.onFailures(this.#failures);
      await this.#nap.sleep(backoff(this.#failures));
    }
  }

  #take(answer) {
    this.#cursor = answer.cursor;
    this.#typing = answer.typing;
    this.#first = false;
    this.#failures = 0;
    this.onFailures(0);
    this.onNews(answer);
  }
}

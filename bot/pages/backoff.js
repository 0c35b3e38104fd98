// Waiting that grows with every failure and can be cut short.

const FIRST_MS = 1000;
const LONGEST_MS = 30000;

/** Milliseconds to wait after the n-th failure in a row, with jitter so that visitors do not return in step. */
export function backoff(failures) {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return full / 2 + (Math.random() * full) / 2;
}

/** A sleep that `wake()` ends at once. */
export class Nap {
  #end = null;

  sleep(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = null;
        resolve();
      };
    });
  }

  wake() {
    this.#end?.();
  }
}

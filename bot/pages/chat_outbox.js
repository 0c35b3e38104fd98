// What the visitor has written and the server has not yet taken: sent in order, kept over a reload.

import { Refused } from "./chat_api.js";
import { Nap, backoff } from "./backoff.js";
import { recall, remember } from "./memory.js";

const SAVED = "docent.unsent";

export class Outbox {
  #queue;
  #nap = new Nap();
  #running = false;
  #later = 0;

  /** `send` delivers one message; `onState(message)` is told of every change of its `state`. */
  constructor({ send, onState }) {
    this.send = send;
    this.onState = onState;
    this.#queue = recall("sessionStorage", SAVED, []);
  }

  get waiting() {
    return [...this.#queue];
  }

  add(message) {
    this.#queue.push(message);
    this.retry(message.id);
  }

  /** Try now: the visitor asked for it, or the connection is back. */
  retry(id) {
    const message = this.#queue.find((queued) => queued.id === id);
    if (message) this.#enter(message, "sending");
    this.resume();
  }

  /** The server's record holds it, so it arrived, even if the answer to sending it got lost. */
  settle(id) {
    if (!this.#queue.some((message) => message.id === id)) return;
    this.#queue = this.#queue.filter((message) => message.id !== id);
    remember("sessionStorage", SAVED, this.#queue);
    this.#nap.wake();
  }

  resume() {
    this.#nap.wake();
    this.#run();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    let failures = 0;
    for (let message = this.#next(); message; message = this.#next()) {
      failures = (await this.#deliver(message)) ? 0 : failures + 1;
      if (failures) await this.#nap.sleep(Math.max(backoff(failures), this.#later));
    }
    this.#running = false;
  }

  /** The oldest message, so that they arrive in the order written; refused ones wait for the visitor. */
  #next() {
    return this.#queue.find((message) => message.state === "sending" || !message.refused);
  }

  async #deliver(message) {
    message.refused = false;
    try {
      await this.send(message);
    } catch (error) {
      if (!this.#queue.includes(message)) return true;
      message.refused = error instanceof Refused;
      this.#later = error.later ?? 0;
      this.#enter(message, "failed");
      return message.refused;
    }
    this.#queue = this.#queue.filter((queued) => queued !== message);
    this.#enter(message, "delivered");
    return true;
  }

  #enter(message, state) {
    message.state = state;
    remember("sessionStorage", SAVED, this.#queue);
    this.onState(message);
  }
}

// The transcript of a case: both languages side by side, notes unmistakable, replies with their fate.

import { element } from "./dom.js";
import { entry } from "./desk_entry.js";

export class Transcript {
  #list = element("ol", { class: "transcript-list" });
  #older = element("button", { type: "button", class: "button older", hidden: true, text: "Show older messages" });
  #shown = new Map();
  #visitor = null;

  /** `onUndo(message)` takes a reply back, `onCorrect(message, text)` its translation; `readOlder(seq)` reads on. */
  constructor({ onUndo, onCorrect, readOlder }) {
    Object.assign(this, { onUndo, onCorrect, readOlder });
    this.#older.addEventListener("click", () => this.#readOn());
    this.node = element("div", { class: "transcript", role: "log", "aria-label": "Conversation", "aria-relevant": "additions", tabindex: "0" }, this.#older, this.#list);
  }

  /** Show the newest page; only what changed is drawn again, so that reading and selecting are not disturbed. */
  show(messages, visitor, older = false) {
    const first = this.#shown.size === 0;
    const follow = this.#isAtEnd() || this.#hasNewReply(messages);
    this.#visitor = visitor;
    if (first) this.#older.hidden = !older;
    this.#draw(messages);
    this.tick();
    if (follow) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Count the undo times down; called every second. */
  tick(now = Date.now()) {
    for (const fate of this.#list.querySelectorAll("[data-send-at]")) {
      const seconds = Math.ceil((Number(fate.dataset.sendAt) - now) / 1000);
      fate.querySelector(".fate-text").textContent = seconds > 0 ? `Sending in ${seconds} s` : "Sending…";
      fate.querySelector(".undo").hidden = seconds <= 0;
    }
  }

  #draw(messages) {
    for (const message of messages) {
      const drawn = this.#shown.get(message.seq);
      const print = JSON.stringify(message);
      if (drawn?.print === print || drawn?.node.querySelector(".correcting")) continue;
      const node = entry(message, this.#visitor, this);
      if (drawn) drawn.node.replaceWith(node);
      else this.#place(node, message.seq);
      this.#shown.set(message.seq, { node, print });
    }
    this.#forget(messages);
  }

  /** A note that was sent after all is gone from the log: its place is a reply's now. */
  #forget(messages) {
    if (messages.length === 0) return;
    const here = new Set(messages.map(({ seq }) => seq));
    for (const [seq, { node }] of this.#shown) {
      const inside = seq >= messages[0].seq && seq <= messages.at(-1).seq;
      if (!inside || here.has(seq)) continue;
      node.remove();
      this.#shown.delete(seq);
    }
  }

  #place(node, seq) {
    const after = [...this.#list.children].reverse().find((each) => Number(each.dataset.seq) < seq);
    if (after) after.after(node);
    else this.#list.prepend(node);
  }

  /** Read the page before; what somebody looks at stays where it is. */
  async #readOn() {
    const first = this.#list.firstElementChild;
    const page = first && (await this.readOlder(Number(first.dataset.seq)));
    if (!page) return;
    const before = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#draw(page.messages);
    this.#older.hidden = !page.older;
    this.#scroller.scrollTop = this.#scroller.scrollHeight - before;
    if (this.#older.hidden) this.node.focus({ preventScroll: true });
  }

  /** On a phone the whole case scrolls, elsewhere the transcript alone. */
  get #scroller() {
    const whole = getComputedStyle(this.node).overflowY === "visible";
    return whole ? this.node.closest(".case-pane") : this.node;
  }

  /** A reply that is still on its way must be in sight, or its Undo is no use. */
  #hasNewReply(messages) {
    return this.#shown.size > 0 && messages.some(({ seq, send_at: sendAt }) => sendAt && !this.#shown.has(seq));
  }

  #isAtEnd() {
    const scroller = this.#scroller;
    if (this.#shown.size === 0) return scroller === this.node; // A phone opens a case at its facts.
    const { scrollHeight, scrollTop, clientHeight } = scroller;
    return scrollHeight - scrollTop - clientHeight < 160;
  }
}


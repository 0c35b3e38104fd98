// The list of messages: puts each in its place, keeps what the server says and what is still unsent as one.

import { renderMessage, showChoices, showState, showText } from "./chat_message.js";
import { translate } from "./chat_words.js";

export class MessageList {
  #list;
  #nodes = new Map();
  #shown = new Map();

  /** `onChoice(message, button)` and `onRetry(id)` are the two things a message lets the visitor do. */
  constructor(list, { onChoice, onRetry }) {
    this.#list = list;
    this.handlers = { onChoice, onRetry };
  }

  get isEmpty() {
    return this.#nodes.size === 0;
  }

  clear() {
    this.#nodes.clear();
    this.#shown.clear();
    this.#list.replaceChildren();
  }

  /** Show a message, or bring the one that is already shown up to date; true when it is new. */
  show(message) {
    const key = message.id ?? `seq:${message.seq}`;
    const known = this.#nodes.get(key);
    const node = known ?? renderMessage(message, this.handlers);
    const shown = this.#shown.get(node);
    const merged = { ...shown, ...message, seq: message.seq ?? shown?.seq ?? null };
    this.#nodes.set(key, node);
    this.#shown.set(node, merged);
    node.lang = merged.language;
    showState(node, merged);
    this.#place(node, merged.seq);
    this.#settleChoices();
    translate(node);
    return !known;
  }

  /** Show what a message that was sent says now, or take it away where nothing is left of it. */
  change(seq, text) {
    const node = this.#nodes.get(`seq:${seq}`);
    if (!node) return;
    if (text !== null) return showText(node, text);
    const after = node.nextElementSibling;
    node.remove();
    this.#nodes.delete(`seq:${seq}`);
    this.#markDay(after);
    this.#settleChoices();
  }

  #place(node, seq) {
    const before = this.#follower(node, seq);
    if (node.parentNode && node.nextElementSibling === before) return;
    const left = node.nextElementSibling;
    this.#list.insertBefore(node, before);
    for (const moved of [node, node.nextElementSibling, left]) this.#markDay(moved);
  }

  /** The first shown message that belongs after this one; unsent ones (no seq) stand at the end. */
  #follower(node, seq) {
    if (seq === null) return node.parentNode ? node.nextElementSibling : null;
    const later = (other) => other.seq === null || other.seq > seq;
    const others = [...this.#list.children].filter((child) => child !== node);
    return others.find((child) => later(this.#shown.get(child))) ?? null;
  }

  #markDay(node) {
    if (!node) return;
    const before = node.previousElementSibling;
    node.querySelector(".day").hidden = before !== null && dayOf(before) === dayOf(node);
  }

  /** Buttons belong to the moment: once the visitor has said something later, they are only history. */
  #settleChoices() {
    let reply = null;
    for (const node of [...this.#list.children].reverse()) {
      const message = this.#shown.get(node);
      if (message.direction === "in") reply = message;
      else showChoices(node, reply);
    }
  }
}

function dayOf(node) {
  return new Date(node.querySelector(".day time").dateTime).toDateString();
}

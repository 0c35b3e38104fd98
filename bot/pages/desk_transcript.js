// The transcript of a case: both languages side by side, notes unmistakable, replies with their fate.

import { element, icon } from "./dom.js";
import { linkify } from "./linkify.js";
import { languageName, moment } from "./desk_words.js";

const FATES = {
  queued: ["clock", "Sending…"],
  sending: ["clock", "Sending…"],
  sent: ["tick", "Sent"],
  delivered: ["tick", "Delivered"],
  read: ["tick", "Read"],
  waiting: ["clock", "Waits until the visitor writes"],
  failed: ["alert", "Not sent yet, will be tried again"],
  dead: ["alert", "Not delivered"],
  cancelled: ["undo", "Undone, never sent"],
};

export class Transcript {
  #list = element("ol", { class: "transcript-list" });
  #shown = new Map();

  /** `onUndo(message)` is called when a member of staff takes a reply back in time. */
  constructor({ onUndo }) {
    this.onUndo = onUndo;
    this.node = element("div", { class: "transcript", role: "log", "aria-label": "Conversation", "aria-relevant": "additions", tabindex: "0" }, this.#list);
  }

  /** Show the messages; only what changed is drawn again, so that reading and selecting are not disturbed. */
  show(messages, visitor) {
    const follow = this.#isAtEnd() || this.#hasNewReply(messages);
    messages.forEach((message, index) => {
      const drawn = this.#shown.get(message.seq);
      const print = JSON.stringify(message);
      if (drawn?.print === print) return;
      const node = item(message, visitor, this.onUndo);
      if (drawn) drawn.node.replaceWith(node);
      else this.#list.insertBefore(node, this.#list.children[index] ?? null);
      this.#shown.set(message.seq, { node, print });
    });
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

function item(message, visitor, onUndo) {
  const kind = message.direction === "note" ? "note" : message.author;
  return element("li", { class: `entry ${kind}`, "data-state": message.state, "data-seq": message.seq },
    head(message, visitor),
    texts(message),
    attachments(message),
    changes(message),
    message.reaction ? element("p", { class: "later", text: `Reaction: ${message.reaction}` }) : null,
    message.notice ? element("p", { class: "notice" }, icon("alert"), message.notice) : null,
    message.direction === "out" ? fate(message, onUndo) : null,
    message.direction === "note" && message.reason ? element("p", { class: "why", text: message.reason }) : null,
  );
}

function head(message, visitor) {
  const time = element("time", { datetime: message.at, text: moment(message.at) });
  const badge = message.direction === "note" ? element("span", { class: "badge" }, icon("note"), "Note – never sent") : null;
  return element("p", { class: "entry-head" }, element("strong", { text: authorName(message, visitor) }), badge, time);
}

function authorName({ author, author_name: name }, visitor) {
  return { visitor: visitor || "Visitor", bot: "Bot", system: "Docent" }[author] ?? name ?? "Staff";
}

function texts(message) {
  const { text, language, translation } = message;
  if (!text && message.attachments?.length) return null;
  if (!translation) return element("div", { class: "versions" }, version(text, language));
  const label = element("p", { class: "version-label" }, tongue(language));
  const ours = message.direction === "out"; // Staff's own words, beside what the visitor reads.
  const how = ours ? `, as written; translated by ${translation.engine}` : `, translated by ${translation.engine}`;
  const by = element("p", { class: "version-label" }, tongue(translation.language), how);
  return element("div", { class: "versions two" },
    version(text, language, label),
    version(translation.text, translation.language, by, "translated"));
}

function tongue(language) {
  return element("span", { lang: language, text: languageName(language) });
}

function version(text, language, label = null, kind = "original") {
  return element("div", { class: `version ${kind}` }, label,
    element("p", { class: "text", lang: language, dir: "auto" }, linkify(text)));
}

function attachments({ attachments: sent = [], language }) {
  if (sent.length === 0) return null;
  return element("ul", { class: "attached" }, ...sent.map((words) => element("li", { lang: language, text: `📎 ${words}` })));
}

/** What a visitor made of a message later; the words above are those that were answered. */
function changes({ versions = [], language }) {
  if (versions.length === 0) return null;
  return element("ol", { class: "changes" }, ...versions.map(({ at, text }) =>
    element("li", {},
      element("p", { class: "version-label", text: text === null ? `Taken back ${moment(at)}` : `Changed ${moment(at)} to` }),
      text === null ? null : element("p", { class: "text", lang: language, dir: "auto" }, linkify(text)))));
}

/** When it leaves by this device's clock, which may be slow: never further off than the whole delay. */
function deadline({ send_at: sendAt, at }) {
  const delay = Date.parse(sendAt) - Date.parse(at);
  return Math.min(Date.parse(sendAt), Date.now() + delay);
}

function fate(message, onUndo) {
  if (message.author !== "staff") return null;
  const state = (message.state === "sent" && message.receipt) || message.state;
  const [sign, words] = FATES[state] ?? ["clock", state];
  const text = element("span", { class: "fate-text", text: message.reason ? `${words}: ${message.reason}` : words });
  const node = element("p", { class: "fate" }, icon(sign), text);
  const leaving = (state === "queued" || state === "sending") && message.send_at;
  if (!leaving && state !== "waiting") return node;
  if (leaving) node.dataset.sendAt = deadline(message);
  node.append(element("button", { type: "button", class: "button undo", on: { click: () => onUndo(message) } },
    icon("undo"), "Undo"));
  return node;
}

// One message of a transcript: who said it, both languages, what came with it, and its fate.

import { element, icon } from "./dom.js";
import { correction } from "./desk_correct.js";
import { files } from "./desk_files.js";
import { linkify } from "./linkify.js";
import { tongues } from "./desk_tongues.js";
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

/** `handlers` has `onUndo(message)` and `onCorrect(message, text)`. */
export function entry(message, visitor, handlers) {
  const kind = message.direction === "note" ? "note" : message.author;
  const { button, place } = correction(message, handlers);
  return element("li", { class: `entry ${kind}`, "data-state": message.state, "data-seq": message.seq },
    head(message, visitor, button),
    texts(message),
    place,
    attachments(message),
    files(message),
    changes(message),
    message.reaction ? element("p", { class: "later", text: `Reaction: ${message.reaction}` }) : null,
    message.notice ? element("p", { class: "notice" }, icon("alert"), message.notice) : null,
    message.direction === "out" ? fate(message, handlers) : null,
    message.direction === "note" && message.reason ? element("p", { class: "why" }, ...tongues(message.reason)) : null,
  );
}

function head(message, visitor, correct) {
  const time = element("time", { datetime: message.at, text: moment(message.at) });
  const badge = message.direction === "note" ? element("span", { class: "badge" }, icon("note"), "Note – never sent") : null;
  return element("p", { class: "entry-head" }, element("strong", { text: authorName(message, visitor) }), badge, time, correct);
}

function authorName({ author, author_name: name }, visitor) {
  return { visitor: visitor || "Visitor", bot: "Bot", system: "Docent" }[author] ?? name ?? "Staff";
}

function texts(message) {
  const { text, language, translation } = message;
  if (!text && (message.attachments?.length || message.files?.length)) return null;
  if (!translation) {
    // A note has no language of its own: whatever is Chinese in it is marked where it stands.
    const words = language ? version(text, language) : element("div", { class: "version original" }, element("p", { class: "text", dir: "auto" }, ...tongues(text)));
    return element("div", { class: "versions" }, words);
  }
  const label = element("p", { class: "version-label" }, tongue(language));
  const ours = message.direction === "out"; // Staff's own words, beside what the visitor reads.
  const engine = translation.engine || "hand";
  const how = ours ? `, as written; translated by ${engine}` : `, translated by ${engine}`;
  const by = element("p", { class: "version-label" }, tongue(translation.language), how);
  return element("div", { class: "versions two" },
    version(text, language, label),
    version(translation.text, translation.language, by, "translated", translation.back));
}

function tongue(language) {
  return element("span", { lang: language, text: languageName(language) });
}

function version(text, language, label = null, kind = "original", back = null) {
  return element("div", { class: `version ${kind}` }, label,
    element("p", { class: "text", lang: language, dir: "auto" }, linkify(text)),
    back ? element("p", { class: "version-label", text: "Translated back, it says" }) : null,
    back ? element("p", { class: "text turned", lang: language, dir: "auto", text: back }) : null);
}

function attachments({ attachments: sent = [], files: known = [], language }) {
  if (sent.length === 0 || known.length >= sent.length) return null;
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

function fate(message, { onUndo }) {
  if (message.author !== "staff") return null;
  const state = (message.state === "sent" && message.receipt) || message.state;
  const [sign, words] = FATES[state] ?? ["clock", state];
  const text = element("span", { class: "fate-text" }, ...tongues(message.reason ? `${words}: ${message.reason}` : words));
  const node = element("p", { class: "fate" }, icon(sign), text);
  const leaving = (state === "queued" || state === "sending") && message.send_at;
  if (!leaving && state !== "waiting") return node;
  if (leaving) node.dataset.sendAt = deadline(message);
  node.append(element("button", { type: "button", class: "button undo", on: { click: () => onUndo(message) } },
    icon("undo"), "Undo"));
  return node;
}

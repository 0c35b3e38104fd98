// One message as nodes: who said it, what, when, how far it got, and the answers it offers.

import { element, icon } from "./dom.js";
import { linkify } from "./linkify.js";

/** Build the list item of a message; its words are filled in by `translate`. */
export function renderMessage(message, { onChoice, onRetry }) {
  const node = element("li", { class: `message ${message.author}` });
  node.append(day(message), ...inside(message, onChoice));
  if (message.author === "visitor") node.append(failure(message, onRetry));
  return node;
}

function inside(message, onChoice) {
  const sent = message.files ?? [];
  // What tells of a file in the log is said here by the file itself.
  const text = element("p", { class: "text", dir: "auto", hidden: sent.length > 0 }, linkify(message.text));
  const shown = sent.length ? element("ul", { class: "files" }, ...sent.map(file)) : null;
  const bubble = element("div", { class: "bubble" }, author(message), text, shown, meta(message));
  return message.buttons?.length ? [bubble, choices(message, onChoice)] : [bubble];
}

function file({ name, mime, url }) {
  if (url === null) return element("li", { class: "file-name" }, icon("clip"), element("span", { text: name, dir: "auto" }));
  const isPicture = /^image\/(jpeg|png|gif|webp)$/.test(mime);
  const inner = isPicture ? [element("img", { src: url, alt: name, loading: "lazy" })] : [icon("clip"), element("span", { text: name, dir: "auto" })];
  const link = { href: url, target: "_blank", rel: "noopener", "aria-label": name, download: isPicture ? null : name };
  return element("li", {}, element("a", link, ...inner));
}

function day(message) {
  const date = element("time", { datetime: message.at, "data-show": "day" });
  return element("p", { class: "day", hidden: true }, date);
}

function author({ author: who, author_name: name }) {
  const label = element("span", { "data-text": authorKey(who, name), "data-name": name });
  const sign = { bot: "assistant", staff: "person" }[who];
  return element("p", { class: who === "visitor" || who === "system" ? "author unseen" : "author" },
    sign ? icon(sign) : null, label);
}

function authorKey(who, name) {
  if (who === "staff") return name ? "staff_named" : "staff";
  return { visitor: "you", bot: "assistant", system: "notice" }[who] ?? "notice";
}

function meta(message) {
  const time = element("time", { datetime: message.at });
  const state = message.author === "visitor" ? element("span", { class: "state" }) : null;
  return element("p", { class: "meta" }, time, state);
}

function failure(message, onRetry) {
  const label = element("span", { "data-text": "failed" });
  const press = () => onRetry(message.id);
  return element("button", { type: "button", class: "retry", hidden: true, on: { click: press } },
    icon("alert"), label);
}

/** Show how far the visitor's own message has got; the server's states all mean that it has it. */
export function showState(node, { author: who, state }) {
  if (who !== "visitor") return;
  const known = state === "sending" || state === "failed" ? state : "delivered";
  if (node.dataset.state === known) return;
  node.dataset.state = known;
  node.querySelector(".retry").hidden = known !== "failed";
  const place = node.querySelector(".state");
  if (known === "failed") return place.replaceChildren();
  const label = element("span", { class: "unseen", "data-text": known });
  place.replaceChildren(icon(known === "sending" ? "clock" : "tick"), label);
}

/** Put other words into a message that is shown already. */
export function showText(node, text) {
  node.querySelector(".text").replaceChildren(linkify(text));
}

function choices(message, onChoice) {
  const group = element("div", { class: "choices", role: "group", "data-label": "choices" });
  for (const button of message.buttons) {
    const press = () => onChoice(message, button);
    group.append(element("button", { type: "button", class: "button choice", text: button.label, on: { click: press } }));
  }
  return group;
}

/** Close a message's buttons once the visitor has said something after it, and mark the one pressed. */
export function showChoices(node, reply) {
  for (const button of node.querySelectorAll(".choice")) {
    button.disabled = reply !== null;
    const pressed = reply !== null && button.textContent === reply.text;
    button.classList.toggle("chosen", pressed);
  }
}

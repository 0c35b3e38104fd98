// The visitor's chat page: ties the words, the list, the composer, the outbox and the feed together.

import { ChatApi } from "./chat_api.js";
import { Attaching } from "./chat_files.js";
import { Composer } from "./composer.js";
import { Feed } from "./chat_feed.js";
import { MessageList } from "./chat_messages.js";
import { Outbox } from "./chat_outbox.js";
import { chooseLanguage, currentLanguage, followLanguage, onLanguage, translate, words } from "./chat_words.js";
import { say } from "./dom.js";

const NEAR_BOTTOM_PX = 120;
const BACK_NOTICE_MS = 3000;

const byId = (id) => document.getElementById(id);
const scroller = byId("scroller");
const state = { museum: null, speaker: "bot", colleague: null, typing: false, failures: 0, unread: 0, left: 2000 };

const api = new ChatApi({ onNewConversation: startAfresh });
const list = new MessageList(byId("messages"), { onChoice, onRetry: (id) => outbox.retry(id) });
const outbox = new Outbox({ send: (message) => api.send(message), onState: showOwn });
const feed = new Feed({ poll: (query) => api.poll(query), onNews: take, onFailures: showConnection });

new Composer({ form: byId("composer"), field: byId("message"), onSend: (text) => write({ text }), onLength: showLength });

const attaching = new Attaching({
  button: byId("attach"),
  input: byId("file"),
  note: byId("file-note"),
  upload: (file) => api.upload(newId(), file),
  onSent: () => feed.refresh(),
});

// --- What the visitor does ---

function write({ text, choice }) {
  outbox.add({
    seq: null,
    id: newId(),
    direction: "in",
    author: "visitor",
    text,
    choice,
    language: guessLanguage(text),
    at: new Date().toISOString(),
    state: "sending",
  });
  scrollToEnd();
}

function onChoice(message, button) {
  write({ text: button.label, choice: button.id });
  byId("log").focus({ preventScroll: true });
}

function newId() {
  // randomUUID exists on https and localhost only; a museum may try Docent on its plain http network first.
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function guessLanguage(text) {
  if (!/\p{Script=Han}/u.test(text)) return "en";
  return currentLanguage() === "en" ? "zh-Hans" : currentLanguage();
}

function showOwn(message) {
  const atEnd = isAtEnd();
  list.show(message);
  showStarters();
  if (message.state !== "sending") say(byId("said"), message.state === "failed" ? words("failed_said") : "");
  if (atEnd) scrollToEnd();
}

// --- What the server says ---

function take({ messages, changes = [], typing, speaker }) {
  const atEnd = isAtEnd();
  const fresh = messages.filter((message) => list.show(message) && message.direction === "out");
  for (const { seq, text } of changes) list.change(seq, text);
  for (const { id, author, language, author_name: name } of messages) {
    if (author === "visitor") outbox.settle(id);
    if (author === "staff") state.colleague = name;
    if (author === "bot" || author === "system") followLanguage(language);
  }
  Object.assign(state, { speaker, typing });
  byId("log").setAttribute("aria-busy", "false");
  showStarters();
  showSpeaker();
  noticeNews(fresh, atEnd);
}

function noticeNews(fresh, atEnd) {
  if (atEnd) scrollToEnd();
  else if (fresh.length) byId("newer").hidden = false;
  if (fresh.length && document.hidden) state.unread += fresh.length;
  showTitle();
}

function startAfresh() {
  list.clear();
  for (const message of outbox.waiting) list.show(message);
  say(byId("said"), words("new_conversation"));
  feed.restart();
}

// --- What the page says about itself ---

function showStarters() {
  byId("starters").hidden = !list.isEmpty;
  byId("intro").classList.toggle("brief", !list.isEmpty);
}

function showSpeaker() {
  const { speaker, colleague } = state;
  const named = speaker === "human" && colleague;
  say(byId("speaker"), words(named ? "speaker_named" : `speaker_${speaker}`, { name: colleague }));
  byId("ask-person").hidden = speaker === "queued" || speaker === "human";
  attaching.allow(speaker);
  byId("typing").hidden = !state.typing;
  say(byId("typing-text"), state.typing ? words(speaker === "bot" ? "typing" : "typing_person") : "");
}

function showConnection(failures) {
  const back = failures === 0 && byId("banner").textContent !== "" && navigator.onLine;
  state.failures = failures;
  if (back) {
    outbox.resume();
    say(byId("said"), words("connected"));
    setTimeout(() => say(byId("said"), ""), BACK_NOTICE_MS);
  }
  showBanner();
}

function showBanner() {
  // One failure alone is often a train in a tunnel: the next try, a second later, usually mends it.
  const text = navigator.onLine ? (state.failures > 1 ? words("unreachable") : "") : words("offline");
  say(byId("banner"), text);
}

function showLength({ left, near }) {
  const counter = byId("counter");
  counter.hidden = !near;
  counter.classList.toggle("over", left < 0);
  say(counter, words(left < 0 ? "over" : "left", { n: Math.abs(left) }));
  if (left < 0 && state.left >= 0) say(byId("said"), words("over_said"));
  state.left = left;
}

function showTitle() {
  const name = state.museum?.[currentLanguage()] ?? words("museum");
  say(byId("museum"), name);
  document.title = `${state.unread ? `(${state.unread}) ` : ""}${words("title")} – ${name}`;
}

function showWords() {
  document.documentElement.lang = currentLanguage();
  translate(document);
  attaching.translate();
  showSpeaker();
  showBanner();
  showTitle();
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === currentLanguage()));
  }
}

// --- Scrolling ---

function isAtEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
}

function scrollToEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  byId("newer").hidden = true;
}

// --- Start ---

function attend() {
  if (document.hidden) return;
  state.unread = 0;
  showTitle();
  feed.refresh();
  outbox.resume();
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => chooseLanguage(button.dataset.language));
}
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => write({ text: words(button.dataset.ask) }));
}
byId("newer").addEventListener("click", scrollToEnd);
scroller.addEventListener("scroll", () => {
  if (isAtEnd()) byId("newer").hidden = true;
});
// Pressing Send must not close a phone's keyboard.
byId("send").addEventListener("pointerdown", (event) => event.preventDefault());
document.addEventListener("visibilitychange", attend);
window.addEventListener("online", attend);
window.addEventListener("offline", showBanner);
onLanguage(showWords);

showWords();
for (const message of outbox.waiting) showOwn(message);
api.museumName().then((name) => {
  state.museum = name;
  showTitle();
}, () => {});
outbox.resume();
feed.run();

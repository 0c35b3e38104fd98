// Puts the page's words, dates and times into the visitor's language, and changes them in place.

import { LANGUAGES, TEXTS, pickLanguage } from "./strings.js";
import { say } from "./dom.js";
import { recall, remember } from "./memory.js";

const CHOSEN = "docent.language";
const DAY_MS = 86400000;

const chosen = recall("localStorage", CHOSEN);
let pinned = LANGUAGES.includes(chosen);
let language = pinned ? chosen : pickLanguage(navigator.languages ?? [navigator.language]);
const listeners = [];

export function currentLanguage() {
  return language;
}

export function onLanguage(listener) {
  listeners.push(listener);
}

/** The visitor pressed the switch: their choice holds from now on, also after a reload. */
export function chooseLanguage(wanted) {
  pinned = true;
  remember("localStorage", CHOSEN, wanted);
  change(wanted);
}

/** The conversation is held in this language: follow it, unless the visitor chose one. */
export function followLanguage(spoken) {
  if (!pinned && LANGUAGES.includes(spoken)) change(spoken);
}

function change(wanted) {
  if (wanted === language) return;
  language = wanted;
  for (const listener of listeners) listener(language);
}

/** One of the page's sentences, its {words} filled in. */
export function words(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Write every marked text, label, date and time under `root` in the page's language. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-text]")) {
    say(node, words(node.dataset.text, { name: node.dataset.name }));
  }
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", words(node.dataset.label));
  }
  for (const node of root.querySelectorAll("[data-placeholder]")) {
    node.placeholder = words(node.dataset.placeholder);
  }
  for (const node of root.querySelectorAll("time")) {
    const moment = new Date(node.dateTime);
    say(node, node.dataset.show === "day" ? dayName(moment) : clockTime(moment));
  }
}

function clockTime(moment) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);
}

function dayName(moment) {
  const days = Math.round((midnight(new Date()) - midnight(moment)) / DAY_MS);
  if (days === 0) return words("today");
  if (days === 1) return words("yesterday");
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(moment);
}

function midnight(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

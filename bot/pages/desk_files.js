// Files at the desk: those of a message to look at, and one of ours to send.

import { element, icon } from "./dom.js";
import { tongues } from "./desk_tongues.js";

const PICTURE = /^image\/(jpeg|png|gif|webp)$/;
const STATES = { expected: "is being fetched", queued: "is being fetched", fetching: "is being fetched", refused: "was not carried", dead: "was not carried" };
const UNITS = ["bytes", "kB", "MB", "GB"];

/** The files that came or went with a message; null where there are none. */
export function files({ files: sent = [], language }) {
  if (sent.length === 0) return null;
  return element("ul", { class: "files" }, ...sent.map((each) => file(each, language)));
}

function file({ url, name, mime, size, state, reason }, language) {
  const words = [name || "File", sizeWords(size)].filter(Boolean).join(", ");
  if (!url) return element("li", { class: "file-missing" }, icon("clip"), element("span", {}, ...tongues([words, reason || STATES[state]].filter(Boolean).join(" – "), language)));
  const link = { href: url, target: "_blank", rel: "noopener noreferrer" };
  if (PICTURE.test(mime)) return element("li", {}, element("a", { ...link, class: "file-picture" }, element("img", { src: url, alt: name, loading: "lazy" })));
  return element("li", {}, element("a", { ...link, class: "file-link" }, icon("clip"), element("span", {}, ...tongues(words, language))));
}

/** 120000 as "120 kB". */
export function sizeWords(size) {
  if (!size) return "";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(size) / 3));
  return `${Math.round(size / 1000 ** power)} ${UNITS[power]}`;
}

/** A file that somebody chose and that goes with the next reply. */
export class Attach {
  #chosen = null;
  #input = element("input", { type: "file", id: "file", hidden: true });
  #name = element("span", { class: "attach-name" });
  #drop = element("button", { type: "button", class: "button small", text: "Leave it out" });

  constructor() {
    this.button = element("button", { type: "button", class: "button small", title: "Attach a file" }, icon("clip"), element("span", { class: "unseen", text: "Attach a file" }));
    this.node = element("p", { class: "attach", hidden: true }, icon("clip"), this.#name, this.#drop);
    this.node.append(this.#input);
    this.button.addEventListener("click", () => this.#input.click());
    this.#input.addEventListener("change", () => this.#choose(this.#input.files[0] ?? null));
    this.#drop.addEventListener("click", () => {
      this.clear();
      this.button.focus();
    });
  }

  get file() {
    return this.#chosen;
  }

  clear() {
    this.#input.value = "";
    this.#choose(null);
  }

  #choose(chosen) {
    this.#chosen = chosen;
    this.node.hidden = chosen === null;
    this.#name.replaceChildren(...tongues(chosen ? `${chosen.name}, ${sizeWords(chosen.size)}` : ""));
  }
}

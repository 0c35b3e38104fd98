// What a visitor will read of a reply, and what that says when it is turned back: before it is sent.

import { element } from "./dom.js";
import { languageName } from "./desk_words.js";

export class Preview {
  #words = element("div", { class: "preview-words" });

  /** `ask(text)` gets the preview from the server, or null where it was refused. */
  constructor(ask) {
    this.ask = ask;
    this.button = element("button", { type: "button", class: "button small", text: "Check translation" });
    this.node = element("section", { class: "preview", "aria-label": "Preview", "aria-live": "polite", hidden: true }, this.#words);
  }

  async show(text) {
    const answer = await this.ask(text);
    if (answer === null) return;
    this.node.hidden = false;
    this.#words.replaceChildren(...shown(answer));
  }

  clear() {
    this.node.hidden = true;
    this.#words.replaceChildren();
  }
}

function shown({ note, text, language, back, notice, engine }) {
  if (note) return [element("p", { class: "quiet", text: `This would stay here as a note. ${note}` })];
  const by = engine ? ` (${engine})` : "";
  return [
    element("p", { class: "version-label" }, "The visitor will read, in ",
      element("span", { lang: language, text: languageName(language) }), by),
    element("p", { class: "text", lang: language, dir: "auto", text }),
    back ? element("p", { class: "version-label", text: "Translated back, it says" }) : null,
    back ? element("p", { class: "text turned", lang: "en", dir: "auto", text: back }) : null,
    notice ? element("p", { class: "notice", text: notice }) : null,
  ].filter(Boolean);
}

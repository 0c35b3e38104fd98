// Answers ready to send: the museum's nearest ones to the question, and the saved replies.

import { element, say } from "./dom.js";

const KINDS = [["answers", "Suggested answers"], ["saved", "Saved replies"]];

export class Ready {
  #list = element("div", { class: "ready-list" });
  #note = element("p", { class: "quiet", role: "status" });

  /** `read()` gets them, `onSend(item)` sends one as it is, `onEdit(text)` takes its words to the field. */
  constructor({ read, onSend, onEdit }) {
    Object.assign(this, { read, onSend, onEdit });
    this.button = element("button", { type: "button", class: "button small", "aria-expanded": "false", "aria-controls": "ready", text: "Ready answers", on: { click: () => this.open(this.node.hidden) } });
    this.node = element("section", { id: "ready", class: "ready", "aria-label": "Ready answers", hidden: true }, this.#note, this.#list);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.open(false);
      this.button.focus();
    });
  }

  async open(open) {
    this.node.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    say(this.#note, "Looking for answers…");
    this.#list.replaceChildren();
    try {
      this.#show(await this.read());
    } catch (error) {
      say(this.#note, error.message);
    }
  }

  #show(found) {
    const groups = KINDS.filter(([kind]) => found[kind]?.length).map(([kind, title]) =>
      element("section", { "aria-label": title }, element("h3", { class: "panel-title", text: title }),
        element("ul", { class: "ready-items" }, ...found[kind].map((item) => this.#item(item)))));
    say(this.#note, groups.length ? "" : "There is no answer to this yet.");
    this.#list.replaceChildren(...groups);
  }

  #item(item) {
    const send = element("button", { type: "button", class: "button small primary", "aria-label": `Send: ${item.label}`, text: "Send", on: { click: () => this.onSend(item) } });
    const edit = element("button", { type: "button", class: "button small", "aria-label": `Edit: ${item.label}`, text: "Edit", on: { click: () => this.#take(item) } });
    const two = item.text !== item.english;
    return element("li", { class: "ready-item" },
      element("div", { class: "ready-head" }, element("p", { class: "ready-label", text: item.label }), element("div", { class: "ready-buttons" }, send, edit)),
      element("div", { class: two ? "versions two" : "versions" },
        element("p", { class: "text", lang: item.language, dir: "auto", text: item.text }),
        two ? element("p", { class: "text translated", lang: "en", text: item.english }) : null));
  }

  #take({ english }) {
    this.open(false);
    this.onEdit(english);
  }
}

// Where staff write. What reaches a visitor and what stays here is chosen in the open, before it is sent.

import { element } from "./dom.js";
import { isClosed } from "./desk_words.js";

const MODES = { reply: "Reply to visitor", note: "Note (stays here)" };

export class DeskComposer {
  #kase = null;
  #busy = false;
  #field = element("textarea", { id: "words", rows: "2", "aria-describedby": "hint" });
  #label = element("label", { for: "words", class: "unseen" });
  #hint = element("p", { id: "hint", class: "hint" });
  #outcome = element("p", { class: "outcome", role: "status" });
  #buttons = element("div", { class: "composer-buttons" });
  #modes = element("fieldset", { class: "modes" }, element("legend", { class: "unseen", text: "What are you writing?" }));

  /** `onSend({action, text, confirm})` posts and resolves to true once the text was taken. */
  constructor({ me, onSend }) {
    this.me = me;
    this.onSend = onSend;
    for (const [mode, label] of Object.entries(MODES)) this.#modes.append(this.#radio(mode, label));
    this.node = element("form", { class: "desk-composer", "aria-label": "Write" },
      this.#modes, this.#label, this.#field,
      element("div", { class: "composer-foot" }, this.#buttons, this.#hint), this.#outcome);
    this.node.addEventListener("submit", (event) => event.preventDefault());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.say(""));
  }

  get mode() {
    return this.#modes.querySelector("input:checked").value;
  }

  show(kase) {
    this.#kase = kase;
    this.node.hidden = isClosed(kase);
    this.#draw();
  }

  say(text) {
    if (this.#outcome.textContent !== text) this.#outcome.textContent = text;
  }

  /** Give an undone reply back to its author, unless something else was begun meanwhile. */
  restore(text) {
    if (this.#field.value.trim() === "") this.#field.value = text;
    this.#field.focus();
  }

  #radio(mode, label) {
    const input = element("input", { type: "radio", name: "mode", value: mode, checked: mode === "reply", on: { change: () => this.#draw() } });
    return element("label", { class: "mode" }, input, element("span", { text: label }));
  }

  #draw() {
    const { hint, buttons } = this.#offer();
    this.node.dataset.mode = this.mode;
    this.#label.textContent = MODES[this.mode];
    this.#hint.textContent = hint;
    const focused = this.#buttons.contains(document.activeElement);
    const print = JSON.stringify(buttons);
    if (this.#buttons.dataset.print === print) return;
    this.#buttons.dataset.print = print;
    this.#buttons.replaceChildren(...buttons.map((button, index) => this.#button(button, index === 0)));
    if (focused) this.#buttons.firstElementChild.focus();
  }

  /** What may be done with the text now: the buttons, the safe reading first in words, never by surprise. */
  #offer() {
    const keep = { label: "Keep as note", action: "note", confirm: null };
    const { owner } = this.#kase;
    if (this.mode === "note") {
      return { hint: "Only your colleagues see this.", buttons: [{ label: "Save note", action: "note", confirm: null }] };
    }
    if (owner === this.me()) {
      return { hint: "Goes to the visitor. Ctrl + Enter sends.", buttons: [{ label: "Send", action: "reply", confirm: null }] };
    }
    if (!owner) {
      return { hint: "Nobody has claimed this case yet.", buttons: [{ label: "Claim and send", action: "reply", confirm: "claim" }, keep] };
    }
    return { hint: `${owner} is looking after this case.`, buttons: [{ label: "Send anyway", action: "reply", confirm: "anyway" }, keep] };
  }

  #button({ label, action, confirm }, primary) {
    const press = () => this.#send(action, confirm);
    return element("button", { type: "button", class: primary ? "button primary" : "button", text: label, on: { click: press } });
  }

  /** Ctrl + Enter is for the one unmistakable button; with a choice open it only leads there. */
  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const buttons = [...this.#buttons.children];
    if (buttons.length === 1) buttons[0].click();
    else buttons[0].focus();
  }

  async #send(action, confirm) {
    const text = this.#field.value.trim();
    if (!text || this.#busy) return this.#field.focus();
    this.#busy = true;
    this.#field.readOnly = true;
    const taken = await this.onSend({ action, text, confirm });
    this.#field.readOnly = false;
    this.#busy = false;
    if (taken) this.#field.value = "";
    this.#field.focus();
  }
}

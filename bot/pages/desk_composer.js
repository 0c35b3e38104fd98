// Where staff write. What reaches a visitor and what stays here is chosen in the open, before it is sent.

import { element } from "./dom.js";
import { ANYWAY, CLAIM, FOLLOW_UP, KEEP, REOPEN, outcomeWords, question } from "./desk_asked.js";
import { Attach } from "./desk_files.js";
import { Preview } from "./desk_preview.js";
import { Ready } from "./desk_ready.js";
import { isChinese } from "./desk_tongues.js";
import { isClosed } from "./desk_words.js";

const MODES = { reply: "Reply to visitor", note: "Note (stays here)" };

export class DeskComposer {
  #kase = null;
  #busy = false;
  #asked = null; // What the server asked back: its buttons stand in the place of ours.
  #sending = null; // What those buttons are about where it is not what stands in the field.
  #field = element("textarea", { id: "words", rows: "2", "aria-describedby": "hint" });
  #label = element("label", { for: "words", class: "unseen" });
  #hint = element("p", { id: "hint", class: "hint" });
  #outcome = element("p", { class: "outcome", role: "status" });
  #buttons = element("div", { class: "composer-buttons" });
  #aside = element("div", { class: "composer-aside" });
  #modes = element("fieldset", { class: "modes" }, element("legend", { class: "unseen", text: "What are you writing?" }));

  /** `act(action, body)` and `sendFile(file, confirm)` answer what the server said, or null; `ready()` reads. */
  constructor({ me, act, ready, sendFile }) {
    Object.assign(this, { me, act, sendFile });
    for (const [mode, label] of Object.entries(MODES)) this.#modes.append(this.#radio(mode, label));
    this.preview = new Preview((text) => act("preview", { text }));
    this.preview.button.addEventListener("click", () => this.#check());
    this.ready = new Ready({ read: ready, onSend: (item) => this.#sendReady(item), onEdit: (text) => this.#take(text) });
    this.attach = new Attach();
    this.#aside.append(this.ready.button, this.attach.button, this.preview.button);
    this.node = element("form", { class: "desk-composer", "aria-label": "Write" },
      this.#modes, this.ready.node, this.#label, this.#field, this.attach.node, this.preview.node,
      element("div", { class: "composer-foot" }, this.#buttons, this.#hint, this.#aside), this.#outcome);
    this.node.addEventListener("submit", (event) => event.preventDefault());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#changed());
  }

  get mode() {
    return this.#modes.querySelector("input:checked").value;
  }

  show(kase) {
    this.#kase = kase;
    this.#draw();
  }

  say(text) {
    if (this.#outcome.textContent !== text) this.#outcome.textContent = text;
  }

  /** Give an undone reply back to its author, unless something else was begun meanwhile. */
  restore(text) {
    if (this.#field.value.trim() === "") this.#take(text);
    this.#field.focus();
  }

  #take(text) {
    this.#field.value = text;
    this.#changed();
    this.#field.focus();
  }

  #changed() {
    this.say("");
    this.preview.clear();
    this.#asked = this.#sending = null;
    this.#draw();
  }

  #radio(mode, label) {
    const input = element("input", { type: "radio", name: "mode", value: mode, checked: mode === "reply", on: { change: () => this.#changed() } });
    return element("label", { class: "mode" }, input, element("span", { text: label }));
  }

  #draw() {
    const { hint, buttons } = this.#asked ?? this.#offer();
    const writes = this.mode === "reply";
    this.node.dataset.mode = this.mode;
    this.#label.textContent = MODES[this.mode];
    this.#hint.textContent = hint;
    this.ready.button.hidden = !writes || isClosed(this.#kase);
    if (this.ready.button.hidden) this.ready.node.hidden = true;
    this.attach.button.hidden = this.ready.button.hidden;
    if (this.attach.button.hidden && this.attach.file) this.attach.clear();
    this.preview.button.hidden = !writes || !this.#isForeign();
    this.node.dataset.alone = String(buttons.length === 1);
    const focused = this.#buttons.contains(document.activeElement);
    const print = JSON.stringify(buttons);
    if (this.#buttons.dataset.print === print) return;
    this.#buttons.dataset.print = print;
    this.#buttons.replaceChildren(...buttons.map((button, index) => this.#button(button, index === 0)));
    if (focused) this.#buttons.firstElementChild.focus();
  }

  /** What may be done with the text now: the buttons, the safe reading first in words, never by surprise. */
  #offer() {
    const { owner } = this.#kase;
    if (this.mode === "note") return { hint: "Only your colleagues see this.", buttons: [{ label: "Save note", action: "note" }] };
    if (isClosed(this.#kase)) return { hint: "This case is closed.", buttons: [REOPEN, FOLLOW_UP, KEEP] };
    if (owner === this.me()) return { hint: "Goes to the visitor. Ctrl + Enter sends.", buttons: [{ label: "Send", action: "reply" }] };
    if (!owner) return { hint: "Nobody has claimed this case yet.", buttons: [CLAIM, KEEP] };
    return { hint: `${owner} is looking after this case.`, buttons: [ANYWAY, KEEP] };
  }

  /** Whether the words may have to be translated. */
  #isForeign() {
    const text = this.#field.value.trim();
    return text !== "" && (this.#kase.language !== "en" || isChinese(text));
  }

  #button(button, primary) {
    return element("button", { type: "button", class: primary ? "button primary" : "button", text: button.label, on: { click: () => this.#press(button) } });
  }

  /** Ctrl + Enter is for the one unmistakable button; with a choice open it only leads there. */
  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const buttons = [...this.#buttons.children];
    if (buttons.length === 1) buttons[0].click();
    else buttons[0].focus();
  }

  #check() {
    const text = this.#field.value.trim();
    return text ? this.preview.show(text) : this.#field.focus();
  }

  #press({ action, confirm = null, knowing = null }) {
    if (this.#sending !== null && action === "reply") return this.#post("ready", { ...this.#sending, confirm, knowing });
    const text = this.#field.value.trim();
    if (action === "reply" && this.attach.file) return this.#postFile(text, confirm, knowing);
    if (!text) return this.#field.focus();
    return this.#post(action, action === "reply" ? { text, confirm, knowing } : { text });
  }

  /** The words first, then the file: as they were meant to be read. */
  async #postFile(text, confirm, knowing) {
    if (text) await this.#post("reply", { text, confirm, knowing });
    if (this.#field.value || this.#busy) return;
    this.#busy = true;
    this.say("Sending the file…");
    const answer = await this.sendFile(this.attach.file, confirm);
    this.#busy = false;
    if (answer === null) return this.say("");
    if (question(answer) === null) this.attach.clear();
    this.#answered("file", {}, answer);
  }

  #sendReady(item) {
    this.ready.open(false);
    const confirm = this.#kase.owner ? null : "claim";
    return this.#post("ready", { ...item, confirm: this.#kase.owner === this.me() ? null : confirm });
  }

  async #post(action, body) {
    if (this.#busy) return;
    this.#busy = this.#field.readOnly = true;
    const answer = await this.act(action, body);
    this.#busy = this.#field.readOnly = false;
    if (answer !== null) this.#answered(action, body, answer);
    this.#field.focus();
  }

  #answered(action, body, answer) {
    const asked = question(answer);
    if (asked === null && action !== "ready") this.#field.value = "";
    if (asked === null) this.preview.clear();
    // What is not in the field can be sent or left, and no note is made of it.
    const buttons = asked && (action === "ready" || action === "file" ? asked.buttons.filter((each) => each.action === "reply") : asked.buttons);
    this.#asked = asked && { hint: "Choose what happens to your words.", buttons };
    this.#sending = asked && action === "ready" ? body : null;
    this.#draw();
    this.say(asked ? asked.words : outcomeWords(action, answer));
  }
}

// An announcement to visitors: written, looked at in every language, sent, and taken back in time.

import { element, say } from "./dom.js";
import { deskApi } from "./desk_api.js";
import { tongues } from "./desk_tongues.js";

export class Announce {
  #field = element("textarea", { id: "announce-words", rows: "4", maxlength: "1000" });
  #today = element("input", { type: "checkbox", id: "announce-today" });
  #note = element("p", { class: "announce-note", role: "status" });
  #shown = element("div", { class: "announce-shown" });
  #buttons = element("div", { class: "ready-buttons" });
  #key = "";
  #draft = null;
  #timer = 0;

  /** `dialog` is the page's own; `me()` is who sends. */
  constructor({ dialog, me }) {
    Object.assign(this, { dialog, me });
    const intro = "Everybody who waits for a person gets it in their own language. You see it before it goes.";
    const form = element("form", { class: "announce", "aria-label": "Announcement" },
      element("h2", { id: "announce-title", class: "display", text: "Tell all visitors" }),
      element("p", { class: "quiet", text: intro }),
      element("label", { for: "announce-words", text: "Your words" }), this.#field,
      element("label", { class: "check" }, this.#today, element("span", { text: "Also everybody else who wrote in the last 24 hours" })),
      this.#shown, this.#note, this.#buttons);
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const input of [this.#field, this.#today]) input.addEventListener("input", () => this.#rewrite());
    dialog.addEventListener("close", () => this.#drop());
    dialog.replaceChildren(form);
  }

  open() {
    this.#rewrite();
    this.dialog.showModal();
    this.#field.focus();
  }

  #offer(...buttons) {
    this.#buttons.replaceChildren(...buttons.map(([text, press, look = ""]) =>
      element("button", { type: "button", class: `button ${look}`.trim(), text, on: { click: press } })));
  }

  #rewrite() {
    clearInterval(this.#timer);
    this.#drop();
    this.#key = crypto.randomUUID?.() ?? String(Math.random());
    this.#shown.replaceChildren();
    say(this.#note, "");
    this.#offer(["Look at it first", () => this.#look(), "primary"], ["Close", () => this.dialog.close()]);
  }

  /** A draft that is not wanted any more is told to the server; nothing hangs on it. */
  #drop() {
    const draft = this.#draft;
    this.#draft = null;
    if (draft) deskApi.announce(draft.id, "cancel", { by: this.me() }).catch(() => {});
  }

  async #look() {
    const text = this.#field.value.trim();
    if (!text) return this.#field.focus();
    const draft = await this.#tried(() => deskApi.draft({ by: this.me(), text, today: this.#today.checked, key: this.#key }));
    if (!draft) return;
    this.#draft = draft;
    this.#shown.replaceChildren(...draft.languages.map(inLanguage));
    const people = draft.visitors === 1 ? "1 visitor" : `${draft.visitors} visitors`;
    const shut = draft.shut ? ` ${draft.shut} more cannot be written to now.` : "";
    say(this.#note, `This goes to ${people}.${shut}`);
    const close = ["Close", () => this.dialog.close()];
    this.#offer(...(draft.visitors ? [[`Send to ${people}`, () => this.#send(), "primary"]] : []), close);
  }

  async #send() {
    const draft = this.#draft;
    const answer = await this.#tried(() => deskApi.announce(draft.id, "send", { by: this.me() }));
    if (!answer) return;
    this.#draft = null;
    this.#field.value = "";
    this.#count(draft.id, Math.floor(answer.undo_seconds ?? 0));
  }

  #count(id, left) {
    const close = ["Close", () => this.dialog.close()];
    const done = () => {
      clearInterval(this.#timer);
      say(this.#note, "It is on its way.");
      this.#offer(close);
    };
    if (left <= 0) return done();
    say(this.#note, `Sending in ${left} s.`);
    this.#offer(["Take it back", () => this.#takeBack(id)], close);
    this.#timer = setInterval(() => {
      left -= 1;
      if (left <= 0) done();
      else say(this.#note, `Sending in ${left} s.`);
    }, 1000);
  }

  async #takeBack(id) {
    clearInterval(this.#timer);
    const answer = await this.#tried(() => deskApi.announce(id, "take_back", { by: this.me() }));
    if (answer) say(this.#note, answer.reason || "Taken back; nobody got it.");
    this.#offer(["Close", () => this.dialog.close()]);
  }

  async #tried(work) {
    try {
      return await work();
    } catch (error) {
      say(this.#note, error.message);
      return null;
    }
  }
}

function inLanguage({ language, name, visitors, text, back, notice }) {
  return element("section", { class: "announce-language" },
    element("p", { class: "version-label" }, ...tongues(`${name}: ${visitors}`, language)),
    element("p", { class: "text", lang: language, dir: "auto", text }),
    back ? element("p", { class: "version-label", text: "Translated back, it says" }) : null,
    back ? element("p", { class: "text turned", lang: "en", text: back }) : null,
    notice ? element("p", { class: "notice", text: notice }) : null);
}

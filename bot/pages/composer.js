// The field a visitor writes in: Enter sends, input methods are left in peace, the limit is announced.

import { recall, remember } from "./memory.js";

const LIMIT = 2000;
const NEAR = 1800;
const COMPOSING_KEYCODE = 229; // Safari ends the composition before it reports the Enter that ended it.
const DRAFT = "docent.draft";

/** Length as a person counts: one for every character, also outside the basic plane. */
export function lengthOf(text) {
  return [...text].length;
}

export class Composer {
  /** `onSend(text)` gets what was written; `onLength({left})` hears of every change near the limit. */
  constructor({ form, field, onSend, onLength }) {
    Object.assign(this, { form, field, onSend, onLength });
    field.value = recall("sessionStorage", DRAFT, "");
    field.addEventListener("input", () => this.changed());
    field.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.changed();
  }

  changed() {
    remember("sessionStorage", DRAFT, this.field.value);
    this.#grow();
    const left = LIMIT - lengthOf(this.field.value.trim());
    this.field.setAttribute("aria-invalid", String(left < 0));
    this.onLength({ left, near: left <= LIMIT - NEAR });
    return left;
  }

  #key(event) {
    const composing = event.isComposing || event.keyCode === COMPOSING_KEYCODE;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.field.value.trim();
    if (text && this.changed() >= 0) {
      this.field.value = "";
      this.changed();
      this.onSend(text);
    }
    this.field.focus();
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }
}

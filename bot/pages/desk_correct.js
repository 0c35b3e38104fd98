// Correcting a translation: the better words are shown, sent where they may be, and remembered.

import { element, icon } from "./dom.js";

/** A button where a message was translated, and the place for better words behind it; both null elsewhere. */
export function correction(message, { onCorrect }) {
  const { translation, direction, state } = message;
  if (!onCorrect || !translation?.text || state === "cancelled" || state === "dead") return { button: null, place: null };
  const now = direction === "in" ? { text: translation.text, language: translation.language } : { text: message.text, language: message.language };
  const button = element("button", { type: "button", class: "button plain", title: "Correct translation" }, icon("pencil"), element("span", { class: "unseen", text: "Correct translation" }));
  const place = element("div", { class: "correct" });
  const close = () => {
    place.replaceChildren();
    button.focus();
  };
  button.addEventListener("click", () => place.replaceChildren(form(message, now, onCorrect, close)));
  return { button, place };
}

function form(message, now, onCorrect, close) {
  const id = `correct-${message.seq}`;
  const field = element("textarea", { id, rows: "2", lang: now.language, dir: "auto" });
  field.value = now.text;
  const save = element("button", { type: "submit", class: "button small primary", text: "Save" });
  const cancel = element("button", { type: "button", class: "button small", text: "Cancel", on: { click: close } });
  const words = message.direction === "in" ? "How it should read in English" : "How the visitor should read it";
  const node = element("form", { class: "correcting", "aria-label": "Correct the translation" },
    element("label", { for: id, text: words }), field, element("div", { class: "ready-buttons" }, save, cancel));
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text || text === now.text) return close();
    save.disabled = true;
    // Closed first: a message that is being corrected is not drawn again.
    if (await onCorrect(message, text)) close();
    save.disabled = false;
  });
  queueMicrotask(() => field.focus());
  return node;
}

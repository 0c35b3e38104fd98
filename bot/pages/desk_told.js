// What the visitor was asked before the case opened, in their own words, the translation beside them.

import { element } from "./dom.js";

/** Lines of label and words; `language` is the visitor's. */
export function toldLines(told, language) {
  return told.map(({ label, words, translation }) =>
    element("div", { class: translation ? "told-line two" : "told-line" },
      element("dt", { text: label }),
      element("dd", { class: "text", lang: language, dir: "auto", text: words }),
      translation ? element("dd", { class: "text translated", lang: "en", text: translation }) : null));
}

/** The first thing told says more in a list than the last thing written. */
export function headline(kase) {
  return kase.told?.[0]?.words ?? kase.question;
}

/** The same in English, where it was translated. */
export function headlineTranslated(kase) {
  return kase.told?.length ? kase.told[0].translation : kase.question_translated;
}

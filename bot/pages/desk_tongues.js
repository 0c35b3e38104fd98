// English words of ours or of a colleague in which Chinese may stand, with that marked as Chinese.

import { element } from "./dom.js";

const HAN = /(\p{Script=Han}[\p{Script=Han}，。！？、：；（）《》「」]*)/u;

/** Returns nodes; `language` is how the Chinese among them is read. */
export function tongues(text, language = "zh-Hans") {
  const chinese = language?.startsWith("zh") ? language : "zh-Hans";
  return String(text ?? "").split(HAN).filter(Boolean).map((part) =>
    HAN.test(part) ? element("span", { lang: chinese, text: part }) : part);
}

/** True where Chinese stands in a text. */
export function isChinese(text) {
  return HAN.test(text);
}

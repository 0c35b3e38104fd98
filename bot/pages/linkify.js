// Turns the web addresses of a text into links, as nodes.

import { element } from "./dom.js";

// ASCII only: Chinese sentences run straight on after an address ("请访问 https://x.org/a购票。").
const ADDRESS = /\bhttps?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/giu;
const CLOSERS = /[.,;:!?'"\])]$/;

/** Return a fragment with the text's words and its http(s) addresses as anchors. */
export function linkify(text) {
  const fragment = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!isWeb(address)) continue;
    fragment.append(text.slice(done, match.index), anchor(address));
    done = match.index + address.length;
  }
  fragment.append(text.slice(done));
  return fragment;
}

function anchor(address) {
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: address });
}

function trimmed(address) {
  let kept = address;
  while (CLOSERS.test(kept) && !(kept.endsWith(")") && balanced(kept))) kept = kept.slice(0, -1);
  return kept;
}

function balanced(address) {
  return address.split("(").length === address.split(")").length;
}

function isWeb(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

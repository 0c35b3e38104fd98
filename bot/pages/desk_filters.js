// Which cases are listed: by department, language and channel, or by the words that are looked for.

import { element } from "./dom.js";
import { channelName, languageName } from "./desk_words.js";

const PAUSE_MS = 250;
const NAMES = { department: "Department", language: "Language", channel: "Channel" };

export class Filters {
  #picked = { department: "", language: "", channel: "" };
  #selects = {};
  #summary = element("summary", { class: "filters-summary", text: "Filters" });

  /** `onChange()` is called when something else is to be listed. */
  constructor(onChange) {
    const fields = Object.entries(NAMES).map(([name, label]) => {
      const select = element("select", { id: `filter-${name}` });
      select.addEventListener("change", () => {
        this.#picked[name] = select.value;
        this.#name();
        onChange();
      });
      this.#selects[name] = select;
      return element("div", { class: "filter" }, element("label", { for: select.id, text: label }), select);
    });
    this.node = element("details", { class: "filters" }, this.#summary, element("div", { class: "filter-fields" }, ...fields));
  }

  get count() {
    return Object.values(this.#picked).filter(Boolean).length;
  }

  passes(kase) {
    return Object.entries(this.#picked).every(([name, value]) => !value || kase[name] === value);
  }

  /** Offer what there is to choose from. */
  offer(departments, cases) {
    const of = (name) => [...new Set([...cases.map((kase) => kase[name]), this.#picked[name]].filter(Boolean))].sort();
    this.#fill("department", departments.map(({ id, name }) => [id, name]));
    this.#fill("language", of("language").map((each) => [each, languageName(each), each]));
    this.#fill("channel", of("channel").map((each) => [each, channelName(each)]));
  }

  #fill(name, options) {
    const select = this.#selects[name];
    const print = JSON.stringify(options);
    if (select.dataset.print === print) return;
    select.dataset.print = print;
    const any = element("option", { value: "", text: "All" });
    select.replaceChildren(any, ...options.map(([value, text, lang]) => element("option", { value, text, lang })));
    select.value = this.#picked[name];
  }

  #name() {
    this.#summary.textContent = this.count ? `Filters (${this.count})` : "Filters";
    this.node.dataset.active = String(this.count > 0);
  }
}

/** A field that looks for cases while somebody types; `find(words)` gets "" when it is emptied. */
export function setUpSearch(form, field, find) {
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    find(field.value.trim());
  };
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(look, PAUSE_MS);
  });
  field.addEventListener("compositionend", look);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !field.value) return;
    field.value = "";
    look();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
}

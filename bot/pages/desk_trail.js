// Who did what in a case, and why: the audit trail, shown where it is asked for.

import { element, say } from "./dom.js";
import { tongues } from "./desk_tongues.js";
import { moment, topicName } from "./desk_words.js";

const DID = {
  opened: "opened the case",
  routed: "chose the department",
  wrote: "wrote",
  claimed: "claimed the case",
  released: "released the case",
  expired: "ended an idle claim",
  assigned: "gave the case to",
  replied: "replied",
  delivered: "was delivered",
  waiting: "waits for the visitor",
  noted: "wrote a note",
  undid: "took a reply back",
  held: "was asked before sending",
  department: "moved the case to",
  urgent: "made the case urgent",
  normal: "made the case normal",
  mood: "heard how the visitor sounds",
  resolved: "resolved the case",
  returned: "gave the case back to the bot",
  reopened: "opened the case again",
  failed: "could not deliver",
};

const NAMES = { docent: "Docent", visitor: "Visitor" };

export class Trail {
  #list = element("ol", { class: "trail-list" });
  #note = element("p", { class: "quiet", role: "status" });

  /** `read()` gets the trail of the case. */
  constructor(read) {
    this.read = read;
    this.node = element("section", { class: "trail", "aria-label": "Who did what, and why", hidden: true },
      element("h3", { class: "panel-title", text: "Who did what, and why" }), this.#note, this.#list);
  }

  get isShown() {
    return !this.node.hidden;
  }

  async toggle() {
    this.node.hidden = !this.node.hidden;
    if (this.isShown) await this.refresh();
  }

  async refresh() {
    if (!this.isShown) return;
    try {
      const { events } = await this.read();
      say(this.#note, "");
      this.#list.replaceChildren(...events.map(line));
    } catch (error) {
      say(this.#note, error.message);
    }
  }
}

function line({ at, actor, what, detail }) {
  return element("li", {},
    element("time", { datetime: at, text: moment(at) }),
    element("span", {},
      element("b", {}, ...tongues(NAMES[actor] ?? actor)),
      ` ${DID[what] ?? topicName(what).toLowerCase()}`,
      detail ? element("span", { class: "why" }, " – ", ...tongues(detail)) : null));
}

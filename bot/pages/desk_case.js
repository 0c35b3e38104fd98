// One case: its facts, its promises, its actions, its transcript and the composer.

import { element, icon, say } from "./dom.js";
import { Clocks } from "./desk_clocks.js";
import { DeskComposer } from "./desk_composer.js";
import { HandOver } from "./desk_hand.js";
import { Trail } from "./desk_trail.js";
import { Transcript } from "./desk_transcript.js";
import { factLines, relatedLinks, understoodLine } from "./desk_facts.js";
import { toldLines } from "./desk_told.js";
import { isClosed, isOverdue, isUrgent, standing, stateName, timing } from "./desk_words.js";

export class CaseView {
  #facts = element("dl", { class: "facts" });
  #title = element("h2", { class: "display", tabindex: "-1" });
  #state = element("span", { class: "state-badge" });
  #understood = element("p", { class: "understood" });
  #related = element("p", { class: "related" });
  #urgent = element("p", { class: "urgent-line", role: "alert", hidden: true, text: "🚨 URGENT: please look at this now." });
  #told = element("dl", { class: "told" });
  #actions = element("div", { class: "actions" });
  #trouble = element("p", { class: "trouble", role: "alert" });
  #clocks = new Clocks();
  #kase = null;

  /** `api` reads and changes this case: act(action, body), sendFile(file, confirm), older(seq), trail(), ready(). */
  constructor({ me, api, departments, colleagues }) {
    this.me = me;
    this.api = api;
    const act = (action, body) => this.#do(action, body);
    this.trail = new Trail(api.trail);
    this.hand = new HandOver({ act, departments, colleagues, trail: () => this.trail.toggle() });
    this.transcript = new Transcript({
      onUndo: (message) => this.#undo(message),
      onCorrect: ({ seq }, text) => this.#do("correct", { seq, text }),
      readOlder: (seq) => this.#tried(() => api.older(seq)),
    });
    this.composer = new DeskComposer({ me, act, ready: api.ready, sendFile: (file, confirm) => this.#tried(() => api.sendFile(file, confirm)) });
    this.node = element("article", { class: "case", "aria-label": "Case" }, this.#head(), this.transcript.node, this.composer.node);
  }

  show({ case: kase, messages, older }) {
    this.#kase = kase;
    this.#title.textContent = kase.name || "Visitor";
    say(this.#state, stateName(kase.state));
    this.#state.dataset.state = kase.state;
    this.#urgent.hidden = !isUrgent(kase);
    this.#showFacts();
    this.#showTold();
    this.#showActions();
    this.hand.show(kase);
    this.trail.refresh();
    this.composer.show(kase); // First, because its height decides where the transcript ends.
    this.transcript.show(messages, kase.name, older);
  }

  /** Time passes: waiting times, promises and undo counts move on. */
  tick() {
    if (!this.#kase) return;
    this.transcript.tick();
    this.#clocks.tick();
    const time = this.#facts.querySelector(".timing");
    if (time) say(time, this.#timing());
  }

  focus() {
    this.#title.focus({ preventScroll: true });
  }

  #head() {
    const back = element("a", { class: "button back", href: "#/", "aria-label": "Back to the list" }, icon("back"));
    return element("header", { class: "case-head" },
      this.#urgent,
      element("div", { class: "case-title" }, back, this.#title, this.#state, this.#actions),
      this.hand.node,
      this.#facts,
      this.#clocks.node,
      this.#related,
      this.#told,
      this.#understood,
      this.trail.node,
      this.#trouble);
  }

  #showFacts() {
    const kase = this.#kase;
    const time = element("span", { class: isOverdue(kase) ? "timing overdue" : "timing", text: this.#timing() });
    this.#facts.replaceChildren(...factLines(kase, time));
    this.#clocks.show(kase.clocks);
    const related = relatedLinks(kase);
    this.#related.hidden = related.length === 0;
    this.#related.replaceChildren(...related);
    const understood = understoodLine(kase);
    this.#understood.hidden = understood.length === 0;
    this.#understood.replaceChildren(...understood);
  }

  /** What the promises below say is not said twice. */
  #timing() {
    return this.#kase.clocks?.length ? standing(this.#kase) : timing(this.#kase);
  }

  #showTold() {
    const { told = [], language } = this.#kase;
    const print = JSON.stringify(told);
    if (this.#told.dataset.print === print) return; // So that reading and selecting are not disturbed.
    this.#told.dataset.print = print;
    this.#told.hidden = told.length === 0;
    this.#told.replaceChildren(...toldLines(told, language));
  }

  #showActions() {
    const closed = isClosed(this.#kase);
    const offered = closed ? [["reopen", "Reopen"]] : [["resolve", "Resolve"], ["back_to_bot", "Back to bot"]];
    if (!closed && !this.#kase.owner) offered.unshift(["claim", "Claim"]);
    const print = JSON.stringify(offered);
    if (this.#actions.dataset.print === print) return;
    this.#actions.dataset.print = print;
    const hadFocus = this.#actions.contains(document.activeElement) && document.activeElement !== this.hand.toggle;
    this.#actions.replaceChildren(...offered.map(([action, label]) =>
      element("button", { type: "button", class: action === "claim" ? "button primary" : "button", text: label, on: { click: () => this.#do(action) } })),
    this.hand.toggle);
    if (hadFocus) this.focus();
  }

  /** What the server said to a step, or null where it refused; its reason is shown. */
  async #do(action, body = {}) {
    return this.#tried(() => this.api.act(action, body));
  }

  async #tried(work) {
    try {
      const answer = await work();
      say(this.#trouble, "");
      return answer;
    } catch (error) {
      say(this.#trouble, error.message);
      this.#trouble.scrollIntoView({ block: "nearest" });
      return null;
    }
  }

  async #undo(message) {
    const answer = await this.#do("undo", { seq: message.seq });
    if (answer && !message.files?.length) this.composer.restore(message.translation?.text ?? message.text);
  }
}

// One case: its facts, its actions, its transcript and the composer.

import { element, icon, say } from "./dom.js";
import { DeskComposer } from "./desk_composer.js";
import { Transcript } from "./desk_transcript.js";
import { toldLines } from "./desk_told.js";
import { channelName, isClosed, isOverdue, isUrgent, languageName, moment, stateName, timing, topicName } from "./desk_words.js";

export class CaseView {
  #facts = element("dl", { class: "facts" });
  #title = element("h2", { class: "display", tabindex: "-1" });
  #state = element("span", { class: "state-badge" });
  #understood = element("p", { class: "understood" });
  #urgent = element("p", { class: "urgent-line", role: "alert", hidden: true, text: "🚨 URGENT: please look at this now." });
  #told = element("dl", { class: "told" });
  #actions = element("div", { class: "actions" });
  #department = element("select", { id: "department" });
  #trouble = element("p", { class: "trouble", role: "alert" });
  #kase = null;

  /** `act(action, body)` posts about this case and answers what the server said, or throws. */
  constructor({ me, act, departments }) {
    Object.assign(this, { me, act, departments });
    this.transcript = new Transcript({ onUndo: (message) => this.#undo(message) });
    this.composer = new DeskComposer({ me, onSend: (draft) => this.#send(draft) });
    this.#department.addEventListener("change", () => this.#do("department", { department: this.#department.value }));
    this.node = element("article", { class: "case", "aria-label": "Case" }, this.#head(), this.transcript.node, this.composer.node);
  }

  show({ case: kase, messages }) {
    this.#kase = kase;
    this.#title.textContent = kase.name || "Visitor";
    say(this.#state, stateName(kase.state));
    this.#state.dataset.state = kase.state;
    this.#urgent.hidden = !isUrgent(kase);
    this.#showFacts();
    this.#showTold();
    this.#showActions();
    this.composer.show(kase); // First, because its height decides where the transcript ends.
    this.transcript.show(messages, kase.name);
  }

  /** Time passes: waiting times and undo counts move on. */
  tick() {
    if (!this.#kase) return;
    this.transcript.tick();
    const time = this.#facts.querySelector(".timing");
    if (time) say(time, timing(this.#kase));
  }

  focus() {
    this.#title.focus({ preventScroll: true });
  }

  #head() {
    const back = element("a", { class: "button back", href: "#/", "aria-label": "Back to the list" }, icon("back"));
    return element("header", { class: "case-head" },
      this.#urgent,
      element("div", { class: "case-title" }, back, this.#title, this.#state, this.#actions, this.#menu()),
      this.#facts,
      this.#told,
      this.#understood,
      this.#trouble);
  }

  #menu() {
    return element("div", { class: "department" }, element("label", { for: "department", text: "Department" }), this.#department);
  }

  #showFacts() {
    const kase = this.#kase;
    const facts = [
      ["Case", kase.ref],
      ["Channel", channelName(kase.channel)],
      ["Language", element("span", { lang: kase.language, text: languageName(kase.language) })],
      ["Owner", kase.owner ?? "Unclaimed"],
      ["Opened", moment(kase.opened_at)],
      ...(kase.window ? [["Window", kase.window.replace(/^Reply window: /, "")]] : []),
      ["Time", element("span", { class: isOverdue(kase) ? "timing overdue" : "timing", text: timing(kase) })],
    ];
    this.#facts.replaceChildren(...facts.map(([name, value]) =>
      element("div", {}, element("dt", { text: name }), element("dd", {}, value))));
    this.#showUnderstood(kase.reason, kase.understood ?? []);
    this.#showDepartments();
  }

  #showTold() {
    const { told = [], language } = this.#kase;
    const print = JSON.stringify(told);
    if (this.#told.dataset.print === print) return; // So that reading and selecting are not disturbed.
    this.#told.dataset.print = print;
    this.#told.hidden = told.length === 0;
    this.#told.replaceChildren(...toldLines(told, language));
  }

  #showUnderstood(reason, topics) {
    this.#understood.hidden = topics.length === 0 && !reason;
    const why = reason ? element("span", { text: `${topicName(reason)}.` }) : null;
    const intro = topics.length ? element("span", { class: "quiet", text: "The bot understood" }) : null;
    const chips = topics.slice(0, 3).map(({ topic, confidence }) =>
      element("span", { class: "topic" }, topicName(topic), " ", element("b", { text: `${Math.round(confidence * 100)} %` })));
    this.#understood.replaceChildren(...[why, intro, ...chips].filter(Boolean));
  }

  #showDepartments() {
    const departments = this.departments();
    if (this.#department.options.length !== departments.length + 1) {
      const options = departments.map(({ id, name }) => element("option", { value: id, text: name }));
      this.#department.replaceChildren(element("option", { value: "", text: "None yet", disabled: true }), ...options);
    }
    this.#department.value = this.#kase.department ?? "";
    this.#department.disabled = isClosed(this.#kase);
  }

  #showActions() {
    const offered = isClosed(this.#kase) ? [] : [["resolve", "Resolve"], ["back_to_bot", "Back to bot"]];
    if (!isClosed(this.#kase) && this.#kase.owner !== this.me()) offered.unshift(["claim", "Claim"]);
    const print = JSON.stringify(offered);
    if (this.#actions.dataset.print === print) return;
    this.#actions.dataset.print = print;
    const hadFocus = this.#actions.contains(document.activeElement);
    this.#actions.replaceChildren(...offered.map(([action, label]) =>
      element("button", { type: "button", class: action === "claim" ? "button primary" : "button", text: label, on: { click: () => this.#do(action) } })));
    if (hadFocus) this.focus();
  }

  async #do(action, body = {}) {
    try {
      const answer = await this.act(action, body);
      say(this.#trouble, "");
      return answer;
    } catch (error) {
      say(this.#trouble, error.message);
      return null;
    }
  }

  async #undo(message) {
    const answer = await this.#do("undo", { seq: message.seq });
    if (answer) this.composer.restore(message.text);
  }

  /** True when the text was taken, so that the field may be emptied. */
  async #send({ action, text, confirm }) {
    const body = action === "reply" ? { text, confirm } : { text };
    const answer = await this.#do(action, body);
    if (answer === null) return false;
    this.composer.say(outcomeWords(action, answer));
    return answer.outcome !== "needs_claim" && answer.outcome !== "needs_confirm";
  }
}

function outcomeWords(action, { outcome, reason }) {
  const because = reason ? ` ${reason}` : "";
  if (outcome === "needs_claim") return `Not sent: nobody has claimed this case yet. Choose below.${because}`;
  if (outcome === "needs_confirm") return `Not sent: a colleague has this case. Choose below.${because}`;
  if (outcome === "note") return action === "reply" ? `Kept as a note, not sent.${because}` : "Note saved.";
  return because.trim();
}

// The promises of a case as they run: first reply, next reply, resolution.

import { element, say } from "./dom.js";
import { moment, until } from "./desk_words.js";

const NAMES = { first_reply: "First reply", next_reply: "Next reply", resolution: "Resolution" };
const SOON_MS = 10 * 60000;

export class Clocks {
  #clocks = [];
  node = element("ul", { class: "clocks", "aria-label": "Promises" });

  show(clocks = []) {
    this.#clocks = clocks;
    this.node.hidden = clocks.length === 0;
    const rows = clocks.map(() => element("li", { class: "clock" }, element("b"), element("span")));
    if (this.node.children.length !== rows.length) this.node.replaceChildren(...rows);
    this.tick();
  }

  /** Time passes; called every second. */
  tick(now = Date.now()) {
    this.#clocks.forEach((clock, index) => {
      const [name, words] = this.node.children[index].children;
      const { text, how } = promise(clock, now);
      say(name, NAMES[clock.kind] ?? clock.kind);
      say(words, text);
      this.node.children[index].dataset.how = how;
    });
  }
}

/** How a promise stands, in words and as late, soon, running, kept or still. */
export function promise({ due_at: due, met_at: met, ended_at: ended, running, broken }, now = Date.now()) {
  if (running && due) {
    const left = Date.parse(due) - now;
    return { text: until(due, now), how: left < 0 ? "late" : left < SOON_MS ? "soon" : "running" };
  }
  if (met) return broken ? { text: `late, ${moment(met, now)}`, how: "late" } : { text: `kept, ${moment(met, now)}`, how: "kept" };
  if (ended) return { text: broken ? "broken" : "ended", how: broken ? "late" : "still" };
  return { text: "paused", how: broken ? "late" : "still" };
}

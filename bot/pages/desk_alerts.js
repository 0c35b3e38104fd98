// Says that somebody waits: in the page's title always, by a notification and a sound where that is wanted.

import { element, icon, say } from "./dom.js";
import { recall, remember } from "./memory.js";
import { channelName, isClaimed, isOverdue } from "./desk_words.js";

const WANTED = "docent.desk.alerts";
const TITLE = "Staff desk";
const NOTES_HZ = [660, 880];
const NOTE_SECONDS = 0.16;

export class Alerts {
  #known = null;
  #sound = null;

  constructor(button) {
    this.button = button;
    this.button.addEventListener("click", () => this.#toggle());
    this.#draw();
  }

  get #wanted() {
    return recall("localStorage", WANTED, false);
  }

  /** Look at the open cases; what is new or newly overdue since the last look is told. */
  watch(cases) {
    const waiting = cases.filter((kase) => !isClaimed(kase)).length;
    const late = cases.filter((kase) => isOverdue(kase)).length;
    const marks = [waiting ? `${waiting}` : "", late ? `${late} late` : ""].filter(Boolean).join(", ");
    document.title = marks ? `(${marks}) ${TITLE}` : TITLE;
    const now = new Map(cases.map((kase) => [kase.ref, isOverdue(kase)]));
    if (this.#known !== null && this.#wanted) this.#tell(cases.filter((kase) => this.#isNews(kase, now)));
    this.#known = now;
  }

  #isNews(kase, now) {
    return !this.#known.has(kase.ref) || (now.get(kase.ref) && !this.#known.get(kase.ref));
  }

  /** The words of visitors stay off the screen's edge, where others may read them. */
  #tell(news) {
    if (news.length === 0) return;
    this.#play();
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    for (const kase of news) {
      const what = isOverdue(kase) ? "is overdue" : "is new";
      const note = new Notification(`${kase.ref} ${what}`, { body: channelName(kase.channel), tag: kase.ref });
      note.addEventListener("click", () => {
        window.focus();
        location.hash = `#/${encodeURIComponent(kase.ref)}`;
      });
    }
  }

  async #toggle() {
    const wanted = !this.#wanted;
    remember("localStorage", WANTED, wanted);
    this.#draw();
    if (!wanted) return;
    this.#play(); // A browser lets a page make sounds only after somebody pressed something.
    if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  }

  #draw() {
    const words = this.#wanted ? "Alerts are on" : "Alerts are off";
    this.button.setAttribute("aria-pressed", String(this.#wanted));
    this.button.title = `${words}: a sound and a notification for new and overdue cases`;
    this.button.replaceChildren(icon(this.#wanted ? "bell" : "bell-off"), element("span", { class: "unseen", text: "Alerts" }));
  }

  #play() {
    try {
      this.#sound ??= new AudioContext();
      NOTES_HZ.forEach((pitch, index) => this.#note(pitch, this.#sound.currentTime + index * NOTE_SECONDS));
    } catch {
      // Without sound the title still says it.
    }
  }

  #note(pitch, at) {
    const tone = this.#sound.createOscillator();
    const volume = this.#sound.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
    tone.connect(volume).connect(this.#sound.destination);
    tone.start(at);
    tone.stop(at + NOTE_SECONDS);
  }
}

/** Say which channels do not work; only when that changes, so that it is not read out again. */
export function showBroken(list, lines, tongues) {
  const print = JSON.stringify(lines);
  if ((list.dataset.print ?? "[]") === print) return;
  list.dataset.print = print;
  list.replaceChildren(...lines.map((text) => element("li", {}, icon("alert"), element("span", {}, ...tongues(text)))));
}

/** Keep a banner's words; `say` again only what is new. */
export function showBanner(banner, failures, signedOut) {
  if (signedOut) {
    const again = element("a", { href: "/desk", text: "Sign in again" });
    return banner.replaceChildren("You have been signed out. ", again);
  }
  if (!navigator.onLine) return say(banner, "You are offline. The desk will catch up when you are back.");
  say(banner, failures > 1 ? "The server cannot be reached. Trying again…" : "");
}

// The paper-clip: one picture or PDF at a time, while a person of the museum has the conversation.

import { words } from "./chat_words.js";
import { say } from "./dom.js";

const LARGEST = 5 * 1024 * 1024;
const NOTICE_MS = 8000;

export class Attaching {
  #busy = false;
  #note = "";

  /** `upload(file)` sends one file; `onSent()` is told when the server has it. */
  constructor({ button, input, note, upload, onSent }) {
    Object.assign(this, { button, input, note, upload, onSent });
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => this.#chosen());
  }

  /** Show the button only to whoever has a person to look at what is sent. */
  allow(speaker) {
    this.button.hidden = speaker !== "queued" && speaker !== "human";
  }

  /** Say the note again in the language that was chosen. */
  translate() {
    say(this.note, this.#note ? words(this.#note) : "");
  }

  async #chosen() {
    const [file] = this.input.files;
    this.input.value = "";
    if (!file || this.#busy) return;
    if (file.size > LARGEST) return this.#tell("file_large");
    this.#busy = this.button.disabled = true;
    this.#tell("file_sending");
    try {
      await this.upload(file);
      this.#tell("");
      this.onSent();
    } catch (error) {
      this.#tell(error.kind ?? "file_failed");
    } finally {
      this.#busy = this.button.disabled = false;
    }
  }

  #tell(key) {
    this.#note = key;
    this.note.hidden = !key;
    this.note.classList.toggle("over", key !== "" && key !== "file_sending");
    this.translate();
    clearTimeout(this.timer);
    if (key && key !== "file_sending") this.timer = setTimeout(() => this.#tell(""), NOTICE_MS);
  }
}

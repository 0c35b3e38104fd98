// What the desk asks an author before words leave: the answers are buttons, the safe one is the last.

export const KEEP = { label: "Keep as note", action: "note" };
export const CLAIM = { label: "Claim and send", action: "reply", confirm: "claim" };
export const ANYWAY = { label: "Send anyway", action: "reply", confirm: "anyway" };
export const REOPEN = { label: "Reopen and send", action: "reply", confirm: "reopen" };
export const FOLLOW_UP = { label: "Send as follow-up", action: "reply", confirm: "follow_up" };

const QUESTIONS = {
  needs_claim: ["Not sent: nobody has claimed this case yet.", [CLAIM, KEEP]],
  needs_confirm: ["Not sent: a colleague has this case.", [ANYWAY, KEEP]],
  needs_reopen: ["Not sent: this case is closed.", [REOPEN, FOLLOW_UP, KEEP]],
  needs_send: ["Not sent yet.", [{ label: "Send", action: "reply", confirm: "anyway" }, KEEP]],
};

/** The question that an outcome is, or null: `words` and `buttons`, each with the step that it takes. */
export function question({ outcome, reason, knowing }) {
  if (!(outcome in QUESTIONS)) return null;
  const [words, buttons] = QUESTIONS[outcome];
  return {
    // The server knows best why: "Ben is replying: their words go out in 3 s."
    words: reason ? `Not sent. ${reason}` : words,
    buttons: buttons.map((button) => (button.action === "reply" ? { ...button, knowing } : button)),
  };
}

/** What became of words, in words for their author; "" where there is nothing to say. */
export function outcomeWords(action, { outcome, reason }) {
  const because = reason ? ` ${reason}` : "";
  if (outcome === "note") return action === "note" ? "Note saved." : `Kept as a note, not sent.${because}`;
  return because.trim();
}

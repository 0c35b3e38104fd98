// The server's address for visitors: every request of the chat page is made here.

const BASE = "/webhooks/web";
const SEND_LIMIT_MS = 20000;
const POLL_GRACE_MS = 10000;
const UPLOAD_LIMIT_MS = 120000;

/** The server answered and does not want this message, however often it is sent. */
export class Refused extends Error {}

/** Nothing was heard from the server, or it asked to be tried again. */
export class Unavailable extends Error {}

class SessionUnknown extends Error {}

export class ChatApi {
  #conversation = null;
  #opening = null;

  /** `onNewConversation` is called when the server no longer knows the one that was shown. */
  constructor({ onNewConversation }) {
    this.onNewConversation = onNewConversation;
  }

  async museumName() {
    return (await request("museum", {})).name;
  }

  /** Open or continue the conversation; several callers at once share one request. */
  openSession() {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open() {
    const { conversation } = await request("session", post({}));
    const lost = this.#conversation !== null && this.#conversation !== conversation;
    this.#conversation = conversation;
    if (lost) this.onNewConversation();
  }

  async send({ id, text, choice }) {
    await this.#inSession(() => request("webhook", post({ id, text, choice })));
  }

  /** Send one file; an error's `kind` is the key of the sentence that says what was wrong. */
  async upload(id, file) {
    const query = new URLSearchParams({ id, name: file.name });
    const options = { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file };
    try {
      await this.#inSession(() => request(`files?${query}`, options, UPLOAD_LIMIT_MS));
    } catch (error) {
      const kind = { 413: "file_large", 415: "file_kind" }[error.status] ?? "file_failed";
      throw Object.assign(error, { kind });
    }
  }

  /** Wait for news after `after`; `signal` ends the wait early. */
  async poll({ after, wait, typing, signal }) {
    if (this.#conversation === null) await this.openSession();
    const query = new URLSearchParams({ after, wait, typing: typing ? 1 : 0 });
    const limit = wait * 1000 + POLL_GRACE_MS;
    try {
      return await request(`messages?${query}`, { signal }, limit);
    } catch (error) {
      if (!(error instanceof SessionUnknown)) throw error;
      await this.openSession();
      throw new Unavailable("the session was opened again");
    }
  }

  async #inSession(attempt) {
    if (this.#conversation === null) await this.openSession();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SessionUnknown)) throw error;
      await this.openSession();
      return await attempt();
    }
  }
}

function post(body) {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function request(path, options, limit = SEND_LIMIT_MS) {
  const { response, body } = await fetched(`${BASE}/${path}`, options, limit);
  if (response.ok && body !== null) return body;
  if (response.status === 403) throw new SessionUnknown("session unknown");
  const { status } = response;
  if (status === 400 || status === 413) throw Object.assign(new Refused(body?.error ?? "refused"), { status });
  // A server that is busy, or asked too often, says when to come back.
  const later = Number(response.headers.get("Retry-After")) * 1000 || 0;
  throw Object.assign(new Unavailable(`status ${status}`), { status, later });
}

async function fetched(address, { signal, ...options }, limit) {
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = setTimeout(stop, limit);
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(address, {
      ...options,
      signal: abort.signal,
      credentials: "same-origin",
      cache: "no-store",
    });
    return { response, body: await response.json().catch(() => null) };
  } catch (error) {
    throw new Unavailable(String(error));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

// The desk's address on the server: every request of the staff page is made here.

const BASE = "/desk/api";
const LIMIT_MS = 20000;
const POLL_GRACE_MS = 10000;

/** The password is asked for again. */
export class SignedOut extends Error {}

/** The server said no, in words for the person who asked. */
export class Refused extends Error {}

export class Unavailable extends Error {}

export const deskApi = {
  cases: (state) => request(`cases?state=${state}`),
  case: (ref) => request(`cases/${encodeURIComponent(ref)}`),
  changes: (after, wait, signal) => request(`changes?after=${after}&wait=${wait}`, { signal }, wait * 1000 + POLL_GRACE_MS),
  act: (ref, action, body) => request(`cases/${encodeURIComponent(ref)}/${action}`, post(body)),
};

function post(body) {
  return {
    method: "POST",
    // A page of another site cannot set this header: the server refuses posts without it.
    headers: { "Content-Type": "application/json", "X-Docent-Desk": "1" },
    body: JSON.stringify(body),
  };
}

async function request(path, options = {}, limit = LIMIT_MS) {
  const { response, body } = await fetched(`${BASE}/${path}`, options, limit);
  if (response.ok && body !== null) return body;
  if (response.status === 401) throw new SignedOut("signed out");
  if (response.status >= 500 || body === null) throw new Unavailable(`status ${response.status}`);
  throw new Refused(body.error ?? `The server refused (${response.status}).`);
}

async function fetched(address, { signal, ...options }, limit) {
  const signals = [AbortSignal.timeout(limit), ...(signal ? [signal] : [])];
  const abort = new AbortController();
  for (const other of signals) other.addEventListener("abort", () => abort.abort());
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
  }
}

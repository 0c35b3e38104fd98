// The desk's address on the server: every request of the staff page is made here.

const BASE = "/desk/api";
const LIMIT_MS = 20000;
const POLL_GRACE_MS = 10000;
const UPLOAD_MS = 120000;

/** The password is asked for again. */
export class SignedOut extends Error {}

/** The server said no, in words for the person who asked. */
export class Refused extends Error {}

export class Unavailable extends Error {}

const about = (ref) => `cases/${encodeURIComponent(ref)}`;

export const deskApi = {
  cases: (state) => request(`cases?state=${state}`),
  find: (words) => request(`find?q=${encodeURIComponent(words)}`),
  case: (ref) => request(about(ref)),
  older: (ref, before) => request(`${about(ref)}?before=${before}`),
  trail: (ref) => request(`${about(ref)}/trail`),
  ready: (ref) => request(`${about(ref)}/suggestions`),
  changes: (after, wait, signal) => request(`changes?after=${after}&wait=${wait}`, { signal }, wait * 1000 + POLL_GRACE_MS),
  act: (ref, action, body) => request(`${about(ref)}/${action}`, post(body)),
  file: (ref, file, asked) => request(`files?${query({ ref, name: file.name, ...asked })}`, upload(file), UPLOAD_MS),
  draft: (body) => request("announcement", post(body)),
  announce: (id, step, body) => request(`announcement/${id}/${step}`, post(body)),
};

function post(body) {
  return {
    method: "POST",
    // A page of another site cannot set this header: the server refuses posts without it.
    headers: { "Content-Type": "application/json", "X-Docent-Desk": "1" },
    body: JSON.stringify(body),
  };
}

function upload(file) {
  return { method: "POST", headers: { "Content-Type": "application/octet-stream", "X-Docent-Desk": "1" }, body: file };
}

function query(values) {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value));
}

async function request(path, options = {}, limit = LIMIT_MS) {
  const { response, body } = await fetched(`${BASE}/${path}`, options, limit);
  if (response.ok && body !== null) return body;
  if (response.status === 401) throw new SignedOut("You have been signed out.");
  if (response.status >= 500 || body === null) throw new Unavailable("The server cannot be reached. Try again.");
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
  } catch {
    throw new Unavailable("The server cannot be reached. Try again.");
  }
}

// The staff desk: which case is open, what the server has changed, who is signed in.

import { Alerts, showBanner, showBroken } from "./desk_alerts.js";
import { Announce } from "./desk_announce.js";
import { CaseView } from "./desk_case.js";
import { Filters, setUpSearch } from "./desk_filters.js";
import { Nap, backoff } from "./backoff.js";
import { Refused, SignedOut, deskApi } from "./desk_api.js";
import { element, say } from "./dom.js";
import { isOverdue } from "./desk_words.js";
import { recall, remember } from "./memory.js";
import { renderCases, setUpRows, setUpTabs, showTabs } from "./desk_list.js";
import { tongues } from "./desk_tongues.js";

const NAME = "docent.desk.name";
const WAIT_SECONDS = 25;
const REDRAW_LIST_MS = 20000;
const READ_AGAIN_MS = 60000;
const BREATH_MS = 1000;

const byId = (id) => document.getElementById(id);
const me = () => recall("localStorage", NAME, "");
const tabs = [...document.querySelectorAll("[data-tab]")];
const nap = new Nap();
const filters = new Filters(drawList);
const alerts = new Alerts(byId("alerts"));
const announce = new Announce({ dialog: byId("announce-dialog"), me });
const state = { tab: "open", looked: "", open: [], closed: [], found: [], departments: [], colleagues: [], version: 0, loaded: false, read: 0, ref: null, view: null, drawn: 0, signedOut: false };
let abort = new AbortController();

// --- Reading ---

async function refresh() {
  const wanted = [deskApi.cases("open"), state.tab === "closed" ? deskApi.cases("closed") : null];
  const [open, closed] = await Promise.all(wanted);
  Object.assign(state, { open: open.cases, departments: open.departments, colleagues: open.colleagues ?? [], version: open.version, loaded: true, read: Date.now() });
  byId("sign-out").hidden = !open.signs_out;
  showBroken(byId("broken"), open.broken ?? [], tongues);
  if (closed) state.closed = closed.cases;
  if (state.looked) await find(state.looked);
  drawList();
  await loadCase(); // After the list: its menu needs the departments.
}

async function loadCase() {
  const ref = state.ref;
  if (ref === null) return;
  try {
    const answer = await deskApi.case(ref);
    if (ref === state.ref) drawCase(answer);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (ref === state.ref) byId("case").replaceChildren(element("p", { class: "empty", text: error.message }));
  }
}

async function watch() {
  for (let failures = 0; !state.signedOut; ) {
    abort = new AbortController();
    const { signal } = abort;
    try {
      if (failures || !state.loaded) await refresh();
      failures = 0;
      showBanner(byId("banner"), 0, false);
      await follow(signal);
    } catch (error) {
      if (signal.aborted) continue;
      failures += 1;
      state.signedOut = error instanceof SignedOut;
      showBanner(byId("banner"), failures, state.signedOut);
      await nap.sleep(backoff(failures));
    }
  }
}

async function follow(signal) {
  const started = Date.now();
  const { version } = await deskApi.changes(state.version, WAIT_SECONDS, signal);
  // What no change tells of, such as posts that wait for Slack, is looked at now and then.
  if (version !== state.version || Date.now() - state.read > READ_AGAIN_MS) await refresh();
  else if (Date.now() - started < BREATH_MS) await nap.sleep(BREATH_MS);
}

/** Look for cases; the answer to words that were changed meanwhile is left alone. */
async function find(words) {
  state.looked = words;
  if (!words) return drawList();
  const { cases } = await deskApi.find(words);
  if (words !== state.looked) return;
  state.found = cases;
  drawList();
}

// --- Showing ---

function listed() {
  if (state.looked) return state.found;
  const mine = state.open.filter(({ owner }) => owner === me());
  const overdue = state.open.filter((kase) => isOverdue(kase));
  return { open: state.open, mine, overdue, closed: state.closed }[state.tab];
}

function drawList() {
  if (!state.loaded) return;
  const all = listed();
  const cases = all.filter((kase) => filters.passes(kase));
  const overdue = state.open.filter((kase) => isOverdue(kase)).length;
  const mine = state.open.filter(({ owner }) => owner === me()).length;
  filters.offer(state.departments, [...state.open, ...state.closed, ...state.found]);
  showTabs(tabs, state.tab, { open: state.open.length, mine, overdue });
  byId("cases").setAttribute("aria-labelledby", `tab-${state.tab}`);
  const filtered = cases.length < all.length;
  renderCases(byId("cases"), { cases, departments: state.departments, tab: state.looked ? "found" : state.tab, selected: state.ref, filtered });
  alerts.watch(state.open);
}

function drawCase(answer) {
  if (answer.version < state.drawn) return; // An older answer that came late.
  state.drawn = answer.version;
  const first = state.view === null;
  if (first) {
    state.view = new CaseView({ me, api: apiOf(state.ref), departments: () => state.departments, colleagues: () => state.colleagues });
    byId("case").replaceChildren(state.view.node);
  }
  state.view.show(answer);
  if (first) state.view.focus();
}

/** What a case's view may ask of the server. */
function apiOf(ref) {
  return {
    act: (action, body) => act(ref, action, body),
    sendFile: (file, confirm) => sendFile(ref, file, confirm),
    older: (before) => deskApi.older(ref, before),
    trail: () => deskApi.trail(ref),
    ready: () => deskApi.ready(ref),
  };
}

// --- Doing ---

async function act(ref, action, body) {
  const answer = await deskApi.act(ref, action, { by: me(), ...body });
  if (action !== "preview") refresh().catch(() => nap.wake());
  return answer;
}

async function sendFile(ref, file, confirm) {
  const answer = await deskApi.file(ref, file, { by: me(), confirm });
  refresh().catch(() => nap.wake());
  return answer;
}

async function pickTab(tab) {
  state.tab = tab;
  byId("looked-for").value = state.looked = "";
  drawList();
  if (tab === "closed") await refresh().catch(() => {});
}

/** The address after # says which case is open, so that Back works as on any page. */
function route() {
  const ref = decodeURIComponent(location.hash.replace(/^#\/?/, "")) || null;
  const previous = state.ref;
  if (location.hash === "#cases" || (ref === previous && ref !== null)) return;
  state.ref = ref;
  state.view = null;
  document.body.dataset.view = ref === null ? "list" : "case";
  if (ref === null) byId("case").replaceChildren(noCase);
  drawList();
  loadCase().catch(() => nap.wake());
  if (ref === null && previous) document.querySelector(`[data-ref="${CSS.escape(previous)}"]`)?.focus();
}

function askName() {
  byId("name").value = me();
  byId("name-dialog").showModal();
}

function nameGiven() {
  const name = byId("name").value.trim();
  if (name) remember("localStorage", NAME, name);
  if (!me()) return askName();
  say(byId("who-name"), me());
  drawList();
  loadCase().catch(() => {});
}

function attend() {
  if (document.hidden) return;
  abort.abort();
  nap.wake();
}

// --- Start ---

const noCase = byId("no-case");
byId("filters").replaceWith(filters.node);
setUpTabs(tabs, pickTab);
setUpRows(byId("cases"));
setUpSearch(byId("search"), byId("looked-for"), (words) => find(words).catch(() => nap.wake()));
byId("announce").addEventListener("click", () => announce.open());
byId("who").addEventListener("click", askName);
byId("name-dialog").addEventListener("close", nameGiven);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (byId("cases").querySelector("a") ?? byId("cases")).focus();
});
window.addEventListener("hashchange", route);
window.addEventListener("online", attend);
window.addEventListener("offline", () => showBanner(byId("banner"), 1, false));
document.addEventListener("visibilitychange", attend);
setInterval(() => state.view?.tick(), 1000);
setInterval(drawList, REDRAW_LIST_MS);

route();
if (me()) nameGiven();
else askName();
watch();

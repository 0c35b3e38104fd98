// The staff desk: which case is open, what the server has changed, who is signed in.

import { Nap, backoff } from "./backoff.js";
import { CaseView } from "./desk_case.js";
import { Refused, SignedOut, deskApi } from "./desk_api.js";
import { element, icon, say } from "./dom.js";
import { renderCases, setUpTabs, showTabs } from "./desk_list.js";
import { recall, remember } from "./memory.js";

const NAME = "docent.desk.name";
const WAIT_SECONDS = 25;
const REDRAW_LIST_MS = 20000;
const BREATH_MS = 1000;

const byId = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[data-tab]")];
const nap = new Nap();
const state = { tab: "open", open: [], closed: [], departments: [], version: 0, loaded: false, ref: null, view: null, drawn: 0, signedOut: false };
let abort = new AbortController();

const me = () => recall("localStorage", NAME, "");

// --- Reading ---

async function refresh() {
  const wanted = [deskApi.cases("open"), state.tab === "closed" ? deskApi.cases("closed") : null];
  const [open, closed] = await Promise.all(wanted);
  state.open = open.cases;
  state.departments = open.departments;
  state.version = open.version;
  showBroken(open.broken ?? []);
  state.loaded = true;
  if (closed) state.closed = closed.cases;
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
      showConnection(0);
      await follow(signal);
    } catch (error) {
      if (signal.aborted) continue;
      failures += 1;
      state.signedOut = error instanceof SignedOut;
      showConnection(failures);
      await nap.sleep(backoff(failures));
    }
  }
}

async function follow(signal) {
  const started = Date.now();
  const { version } = await deskApi.changes(state.version, WAIT_SECONDS, signal);
  if (version !== state.version) await refresh();
  else if (Date.now() - started < BREATH_MS) await nap.sleep(BREATH_MS);
}

// --- Showing ---

function drawList() {
  if (!state.loaded) return;
  const mine = state.open.filter(({ owner }) => owner === me());
  const cases = { open: state.open, mine, closed: state.closed }[state.tab];
  showTabs(tabs, state.tab, { open: state.open.length, mine: mine.length });
  byId("cases").setAttribute("aria-labelledby", `tab-${state.tab}`);
  renderCases(byId("cases"), { cases, departments: state.departments, tab: state.tab, selected: state.ref });
  const waiting = state.open.filter(({ owner }) => !owner).length;
  document.title = waiting ? `(${waiting}) Staff desk` : "Staff desk";
}

function drawCase(answer) {
  if (answer.version < state.drawn) return; // An older answer that came late.
  state.drawn = answer.version;
  const first = state.view === null;
  if (first) {
    const ref = state.ref;
    state.view = new CaseView({ me, act: (action, body) => act(ref, action, body), departments: () => state.departments });
    byId("case").replaceChildren(state.view.node);
  }
  state.view.show(answer);
  if (first) state.view.focus();
}

function showConnection(failures) {
  if (state.signedOut) {
    const again = element("a", { href: "/desk", text: "Sign in again" });
    return byId("banner").replaceChildren("You have been signed out. ", again);
  }
  if (!navigator.onLine) return say(byId("banner"), "You are offline. The desk will catch up when you are back.");
  say(byId("banner"), failures > 1 ? "The server cannot be reached. Trying again…" : "");
}

/** Say which channels do not work; only when that changes, so that it is not read out again. */
function showBroken(lines) {
  const list = byId("broken");
  const print = JSON.stringify(lines);
  if ((list.dataset.print ?? "[]") === print) return;
  list.dataset.print = print;
  list.replaceChildren(...lines.map((text) => element("li", {}, icon("alert"), element("span", {}, ...tongues(text)))));
}

/** English words of ours that may name a button of WeChat's, with that marked as Chinese. */
function tongues(text) {
  return text.split(/(\p{Script=Han}+)/u).map((part, index) => (index % 2 ? element("span", { lang: "zh-Hans", text: part }) : part));
}

// --- Doing ---

async function act(ref, action, body) {
  const answer = await deskApi.act(ref, action, { by: me(), ...body });
  refresh().catch(() => nap.wake());
  return answer;
}

async function pickTab(tab) {
  state.tab = tab;
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
setUpTabs(tabs, pickTab);
byId("who").addEventListener("click", askName);
byId("name-dialog").addEventListener("close", nameGiven);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  (byId("cases").querySelector("a") ?? byId("cases")).focus();
});
window.addEventListener("hashchange", route);
window.addEventListener("online", attend);
window.addEventListener("offline", () => showConnection(1));
document.addEventListener("visibilitychange", attend);
setInterval(() => state.view?.tick(), 1000);
setInterval(drawList, REDRAW_LIST_MS);

route();
if (me()) nameGiven();
else askName();
watch();

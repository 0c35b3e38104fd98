// The list of cases: tabs, one row for each case, the most urgent first.

import { element } from "./dom.js";
import { headline, headlineTranslated } from "./desk_told.js";
import { channelName, isClosed, isOverdue, isUrgent, languageName, moodName, timing } from "./desk_words.js";

const EMPTY = {
  open: "Nobody is waiting.",
  mine: "You have no open case.",
  overdue: "Nothing is overdue.",
  closed: "No case has been closed yet.",
  found: "Nothing was found. Try a reference, a name or other words.",
};

// Draws what is to be shown when no row is pressed any more; who begins to scroll or drag cancels the press.
let afterwards = null;
for (const end of ["pointerup", "pointercancel", "dragend"]) {
  addEventListener(end, () => setTimeout(() => afterwards?.()));
}

/** Draw the rows again, but not under a finger that presses one: a press would be lost. */
export function renderCases(panel, shown) {
  afterwards = panel.matches(":active") ? () => renderCases(panel, shown) : null;
  if (!afterwards) draw(panel, shown);
}

/** The row that had the keyboard's focus gets it back. */
function draw(panel, { cases, departments, tab, selected, filtered = false }) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.ref : null;
  const rows = (tab === "found" ? cases : sorted(cases)).map((kase) => row(kase, departments, selected));
  const list = element("ol", { class: "rows" }, ...rows);
  const empty = filtered ? "No case here passes the filters." : EMPTY[tab];
  panel.replaceChildren(rows.length ? list : element("p", { class: "empty", text: empty }));
  if (focused) panel.querySelector(`[data-ref="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Open cases by the promise that breaks first, urgent ones before them; closed ones by the latest. */
export function sorted(cases) {
  const late = "9999";
  const rank = (kase) => (isUrgent(kase) && kase.state !== "waiting" ? "0" : "1");
  const key = (kase) => rank(kase) + (kase.due_at ?? late) + kase.opened_at;
  return [...cases].sort((one, other) =>
    isClosed(one) ? (other.closed_at ?? "").localeCompare(one.closed_at ?? "") : key(one).localeCompare(key(other)),
  );
}

function row(kase, departments, selected) {
  const link = element("a", {
    class: isUrgent(kase) ? "row urgent" : "row",
    href: `#/${encodeURIComponent(kase.ref)}`,
    "data-ref": kase.ref,
    "aria-current": kase.ref === selected ? "true" : null,
  });
  const lines = [
    element("span", { class: "row-top" },
      element("strong", { class: "row-name", dir: "auto" },
        isUrgent(kase) ? element("span", { class: "urgent-badge", text: "🚨 URGENT" }) : null,
        kase.name || "Visitor"),
      element("span", { class: "ref", text: kase.ref })),
    element("span", { class: "question", lang: kase.language, dir: "auto", text: firstLine(headline(kase)) }),
    translated(kase),
    element("span", { class: "row-middle" },
      element("span", { class: isOverdue(kase) ? "timing overdue" : "timing", text: timing(kase) }),
      element("span", { class: kase.owner ? "owner" : "owner nobody", text: kase.owner ?? "Unclaimed" })),
    facts(kase, departments),
  ];
  link.append(...lines.filter(Boolean));
  return element("li", {}, link);
}

function translated(kase) {
  const words = firstLine(headlineTranslated(kase));
  return words ? element("span", { class: "question in-english", lang: "en", text: words }) : null;
}

function facts(kase, departments) {
  const department = departmentName(kase.department, departments);
  const mood = moodName(kase.mood);
  return element("span", { class: "row-facts" },
    element("span", { text: channelName(kase.channel) }),
    element("span", { text: languageName(kase.language), lang: kase.language }),
    department ? element("span", { text: department }) : null,
    mood ? element("span", { text: mood }) : null,
    kase.rating ? element("span", { text: `${kase.rating} of 5` }) : null,
  );
}

export function departmentName(id, departments) {
  return departments.find((department) => department.id === id)?.name ?? id;
}

function firstLine(text) {
  return (text ?? "").trim().split("\n", 1)[0];
}

/** Arrow keys move from row to row, as in a mail program. */
export function setUpRows(panel) {
  panel.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = [...panel.querySelectorAll("a.row")];
    const at = rows.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    rows[at + step]?.focus();
  });
}

/** Make a tablist work with arrow keys, as screen readers expect; `onPick(tab)` is called with its name. */
export function setUpTabs(tabs, onPick) {
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => onPick(tab.dataset.tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      next.focus();
      onPick(next.dataset.tab);
    });
  });
}

export function showTabs(tabs, picked, counts) {
  for (const tab of tabs) {
    const name = tab.dataset.tab;
    tab.setAttribute("aria-selected", String(name === picked));
    tab.tabIndex = name === picked ? 0 : -1;
    const label = name.charAt(0).toUpperCase() + name.slice(1);
    tab.textContent = counts[name] === undefined ? label : `${label} ${counts[name]}`;
    tab.classList.toggle("alarming", name === "overdue" && counts[name] > 0);
  }
}

// The list of cases: three tabs, one row for each case, the most urgent first.

import { element } from "./dom.js";
import { headline } from "./desk_told.js";
import { channelName, isClosed, isOverdue, isUrgent, languageName, timing } from "./desk_words.js";

const EMPTY = {
  open: "Nobody is waiting.",
  mine: "You have no open case.",
  closed: "No case has been closed yet.",
};

/** Draw the rows again; the row that had the keyboard's focus gets it back. */
export function renderCases(panel, { cases, departments, tab, selected }) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.ref : null;
  const rows = sorted(cases).map((kase) => row(kase, departments, selected));
  const list = element("ol", { class: "rows" }, ...rows);
  panel.replaceChildren(rows.length ? list : element("p", { class: "empty", text: EMPTY[tab] }));
  if (focused) panel.querySelector(`[data-ref="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Open cases by the promise that breaks first, urgent ones before them; closed ones by the latest. */
export function sorted(cases) {
  const late = "9999";
  const rank = (kase) => (isUrgent(kase) && !kase.first_reply_at ? "0" : "1");
  const key = (kase) => rank(kase) + (kase.first_reply_at ? late : kase.due_at ?? late) + kase.opened_at;
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
  link.append(
    element("span", { class: "row-top" },
      element("strong", { class: "row-name", dir: "auto" },
        isUrgent(kase) ? element("span", { class: "urgent-badge", text: "🚨 URGENT" }) : null,
        kase.name || "Visitor"),
      element("span", { class: "ref", text: kase.ref })),
    element("span", { class: "question", lang: kase.language, dir: "auto", text: firstLine(headline(kase)) }),
    element("span", { class: "row-middle" },
      element("span", { class: isOverdue(kase) ? "timing overdue" : "timing", text: timing(kase) }),
      element("span", { class: kase.owner ? "owner" : "owner nobody", text: kase.owner ?? "Unclaimed" })),
    facts(kase, departments),
  );
  return element("li", {}, link);
}

function facts(kase, departments) {
  const department = departmentName(kase.department, departments);
  return element("span", { class: "row-facts" },
    element("span", { text: channelName(kase.channel) }),
    element("span", { text: languageName(kase.language), lang: kase.language }),
    department ? element("span", { text: department }) : null,
  );
}

export function departmentName(id, departments) {
  return departments.find((department) => department.id === id)?.name ?? id;
}

function firstLine(text) {
  return (text ?? "").trim().split("\n", 1)[0];
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
  }
}

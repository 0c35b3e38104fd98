// Handing a case on: to a colleague, a department, everybody again; and how urgent it is.

import { element } from "./dom.js";
import { isClaimed, isClosed } from "./desk_words.js";

export class HandOver {
  #department = element("select", { id: "department" });
  #colleagues = element("datalist", { id: "colleagues" });
  #to = element("input", { id: "assign-to", list: "colleagues", maxlength: "80", autocomplete: "off" });
  #buttons = element("div", { class: "more-buttons" });
  #fields = element("div", { class: "more-fields" });

  /** `act(action, body)` takes a step and resolves to null where it was refused. */
  constructor({ act, departments, colleagues, trail }) {
    Object.assign(this, { act, departments, colleagues, trail });
    this.toggle = element("button", { type: "button", class: "button", "aria-expanded": "false", "aria-controls": "more", text: "More", on: { click: () => this.#open(this.node.hidden) } });
    this.#department.addEventListener("change", () => this.act("department", { department: this.#department.value }));
    this.#fields.append(this.#departmentField(), this.#assignField());
    this.node = element("div", { id: "more", class: "more", hidden: true }, this.#fields, this.#buttons);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#open(false);
      this.toggle.focus();
    });
  }

  show(kase) {
    this.#fields.hidden = isClosed(kase);
    this.#offerDepartments(kase);
    this.#offerColleagues();
    this.#offerButtons(kase);
  }

  #open(open) {
    this.node.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  #departmentField() {
    return element("div", { class: "field" }, element("label", { for: "department", text: "Department" }), this.#department);
  }

  #assignField() {
    const give = element("button", { type: "submit", class: "button", text: "Assign" });
    const form = element("form", { class: "field-row", "aria-label": "Assign to a colleague" }, this.#to, give);
    form.addEventListener("submit", (event) => this.#assign(event));
    return element("div", { class: "field" },
      element("label", { for: "assign-to", text: "Assign to a colleague" }), form, this.#colleagues);
  }

  async #assign(event) {
    event.preventDefault();
    const to = this.#to.value.trim();
    if (!to) return this.#to.focus();
    if (await this.act("assign", { to })) this.#to.value = "";
  }

  #offerDepartments(kase) {
    const departments = this.departments();
    const print = JSON.stringify(departments);
    if (this.#department.dataset.print !== print) {
      this.#department.dataset.print = print;
      const options = departments.map(({ id, name }) => element("option", { value: id, text: name }));
      this.#department.replaceChildren(element("option", { value: "", text: "None yet", disabled: true }), ...options);
    }
    this.#department.value = kase.department ?? "";
  }

  #offerColleagues() {
    const names = this.colleagues();
    const print = JSON.stringify(names);
    if (this.#colleagues.dataset.print === print) return;
    this.#colleagues.dataset.print = print;
    this.#colleagues.replaceChildren(...names.map((name) => element("option", { value: name })));
  }

  #offerButtons(kase) {
    const urgent = kase.priority === "urgent";
    const offered = [
      isClaimed(kase) ? ["release", "Release"] : null,
      isClosed(kase) ? null : ["priority", urgent ? "Not urgent" : "Mark urgent"],
      ["trail", "History"],
    ].filter(Boolean);
    const print = JSON.stringify(offered);
    if (this.#buttons.dataset.print === print) return;
    this.#buttons.dataset.print = print;
    const press = {
      release: () => this.act("release"),
      priority: () => this.act("priority", { priority: urgent ? "normal" : "urgent" }),
      trail: () => this.trail(),
    };
    this.#buttons.replaceChildren(...offered.map(([name, text]) =>
      element("button", { type: "button", class: "button", text, on: { click: press[name] } })));
  }
}

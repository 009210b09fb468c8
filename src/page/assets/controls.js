// All that can be steered: settings, weights, shape, incidents, scripts.

import { Dial } from "./dial.js";
import { by, element, head, icon, remake } from "./dom.js";
import { clock } from "./format.js";

/** No run takes more. */
const MOST_USERS = 1_000_000;
/** The most workers of a run. */
const MOST_WORKERS = 1_024;

export class Controls {
  #dials = new Map();
  #types = null;

  constructor(session) {
    this.session = session;
    by("key").addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await session.signIn(by("token").value.trim())) by("token").value = "";
    });
    this.rollback = element("select", { "aria-label": "Type to roll back" }, element("option", { value: "" }, "all that changed last"));
    this.dials = element("div", { class: "dials" });
    this.incidents = element("ul", { class: "rules", "aria-label": "Incidents" });
    const button = (words, act) => element("button", { type: "button", onclick: act }, words);
    this.verbs = [
      button("Reload scripts", () => session.post("reload")), button("Promote canary", () => session.post("promote")),
      button("Roll back", () => session.post("rollback", this.rollback.value ? { type: this.rollback.value } : undefined)), this.rollback,
    ];
    const row = element("div", { class: "row" }, ...this.verbs);
    by("steer").append(head("Controls", null, button("Sign out", () => session.signOut())), element("div", { class: "pad stack" }, this.dials, this.#shape(), row), this.incidents);
    session.changed((open) => this.#open(open));
    this.#open(Boolean(session.token()));
  }

  #open(open) {
    by("key").hidden = open;
    by("steer").hidden = !open;
  }

  show({ now: { run }, over }) {
    const idle = over || !["starting", "running", "paused"].includes(run.phase);
    for (const verb of this.verbs) verb.disabled = idle;
    this.#showIncidents(run.incidents, idle);
    const types = Object.keys(run.settings.weights);
    const all = run.workers ? [...types, "*workers"] : types;
    if (all.join() !== this.#types) {
      this.#types = all.join();
      this.rollback.replaceChildren(element("option", { value: "" }, "all that changed last"), ...types.map((type) => element("option", { value: type }, type)));
      this.#dials.clear();
      this.dials.replaceChildren();
      const most = Math.min(MOST_USERS, Math.max(10, 2 ** Math.ceil(Math.log2(3 * run.settings.users))));
      this.#add("users", "users", 1, most, 1, (value) => ({ users: value }), MOST_USERS);
      this.#add("error_rate", "error rate, %", 0, 100, 1, (value) => ({ error_rate: value }));
      this.#add("think_factor", "think factor", 0, 5, 0.1, (value) => ({ think_factor: value }));
      this.#add("canary", "canary, %", 0, 99, 1, (value) => ({ canary: value }));
      if (run.workers) this.#add("workers", "workers", 1, Math.min(MOST_WORKERS, Math.max(8, 2 * run.workers.wanted)), 1, (value) => ({ workers: value }), MOST_WORKERS);
      for (const type of types) this.#add(`weights.${type}`, `weight of ${type}`, 0, 100, 1, (value) => ({ weights: { [type]: value } }));
    }
    for (const [name, dial] of this.#dials) {
      const [group, type] = name.split(".");
      const value = group === "workers" ? run.workers.wanted : run.settings[group];
      dial.show(type ? run.settings.weights[type] : value, idle);
    }
  }

  /** A button for each incident of the plan: it begins it, or ends it while it holds. */
  #showIncidents(incidents, idle) {
    this.incidents.hidden = incidents.length === 0;
    remake(this.incidents, [incidents.map(({ name, until_seconds: until, next_seconds: next }) => [name, until, next]), idle], () => incidents.map(({ name, until_seconds: until, next_seconds: next }) => {
      const holds = until !== null;
      const act = element("button", { type: "button", class: "low", disabled: idle, onclick: () => this.session.post("incident", holds ? { name, end: true } : { name }) }, holds ? `End ${name}` : `Begin ${name}`);
      return element("li", {}, icon(holds ? "warn" : "off", holds ? "warn" : "dim"), element("span", {}, element("b", {}, name), element("span", { class: "dim" }, holds ? ` holds until ${clock(until)}` : next === null ? " by command" : ` begins at ${clock(next)}`)), act);
    }));
  }

  /** What changes the shape of the run from now on. */
  #shape() {
    const such = { stages: "2m:300,5m:300,1m:0", arrivals: "50/s", curve: "day, office, shop or none" };
    const text = element("input", { type: "text", size: 28, "aria-label": "Value of the shape", placeholder: such.stages });
    const which = element("select", { "aria-label": "Part of the shape", onchange: () => { text.placeholder = such[which.value]; } }, ...Object.keys(such).map((name) => element("option", { value: name }, name)));
    const set = element("button", { type: "submit" }, "Set from now on");
    this.verbs = [...this.verbs, set];
    const form = element("form", { class: "row", "aria-label": "Shape" }, which, text, set);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.session.act("PATCH", "run", { [which.value]: text.value.trim() });
    });
    return form;
  }

  #add(name, label, low, high, step, change, most = undefined) {
    const send = (value) => this.session.act("PATCH", "run", change(value));
    const dial = new Dial(`dial-${name.replace(".", "-")}`, label, { min: low, max: high, step }, send, most);
    this.dials.append(dial.root);
    this.#dials.set(name, dial);
  }
}

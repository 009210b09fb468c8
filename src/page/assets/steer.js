// What may be done to the run, with its token. The API's own sentences say what became of it.

import { Dial } from "./dial.js";
import { by, element, say } from "./dom.js";
import { authorization } from "./feed.js";
import { clock } from "./format.js";

const KEPT = "throng-token";
/** No run takes more. */
const MOST_USERS = 1_000_000;

export class Steer {
  #dials = new Map();
  #unlocked = [];
  #types = "";

  constructor() {
    this.answer = by("answer");
    by("key").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#unlock(by("token").value.trim());
    });
    const stop = element("button", { type: "button", class: "danger", onclick: () => this.#stop(stop) }, "Stop");
    this.pause = element("button", { type: "button", onclick: () => this.post(this.paused ? "resume" : "pause") }, "Pause");
    this.rollback = element("select", { "aria-label": "Type to roll back" }, element("option", { value: "" }, "all that changed last"));
    this.dials = element("div", { class: "dials" });
    this.incidents = element("div", { class: "row", role: "group", "aria-label": "Incidents" });
    this.verbs = [
      this.pause, stop,
      element("button", { type: "button", onclick: () => this.post("reload") }, "Reload scripts"),
      element("button", { type: "button", onclick: () => this.post("promote") }, "Promote canary"),
      element("button", { type: "button", onclick: () => this.post("rollback", this.rollback.value ? { type: this.rollback.value } : undefined) }, "Roll back"),
      this.rollback,
      element("button", { type: "button", onclick: () => this.#forget() }, "Sign out"),
    ];
    by("controls").append(element("div", { class: "row" }, ...this.verbs), this.incidents, this.#shape(), this.dials);
    if (this.token()) this.#open(true);
  }

  token = () => sessionStorage.getItem(KEPT) ?? "";

  /** Ends when there is a token. */
  unlocked = () => new Promise((done) => this.#unlocked.push(done));

  /** A command that changes nothing shows whether the token is the right one. */
  async #unlock(token) {
    if (!token) return this.#tell("Enter the token that the run printed at its start.", true);
    sessionStorage.setItem(KEPT, token);
    const { status, said } = await this.#send("PATCH", "run", {});
    if (status === 401 || status === 403 || status === 429 || status === 0) {
      sessionStorage.removeItem(KEPT);
      return this.#tell(said.error, true);
    }
    by("token").value = "";
    this.#open(true);
    this.#tell("Signed in: the run records your commands as given by the page.");
    for (const done of this.#unlocked.splice(0)) done();
  }

  #forget() {
    sessionStorage.removeItem(KEPT);
    this.#open(false);
    this.#tell("Signed out.");
    by("token").focus();
  }

  #open(open) {
    by("key").hidden = open;
    by("controls").hidden = !open;
  }

  /** Asks first, in place: the second press within some seconds stops. */
  #stop(button) {
    if (button.dataset.sure) {
      delete button.dataset.sure;
      button.textContent = "Stop";
      return this.post("stop");
    }
    button.dataset.sure = "yes";
    button.textContent = "Press again to stop the run";
    setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = "Stop";
    }, 5000);
  }

  post = (path, body) => this.act("POST", path, body);

  /** Does it and says what became of it; gives the answer. */
  async act(method, path, body) {
    this.#tell("sent …");
    const { status, said } = await this.#send(method, path, body);
    const fine = status === 200;
    const faults = (said.faults ?? []).map(({ place, cause, remedy }) => `${place}: ${cause}${remedy ? `; ${remedy}` : ""}`);
    this.#tell(fine ? said.done : [said.error, ...faults].join(" – "), !fine);
    if (status === 401) this.#open(false);
    return { fine, status, said };
  }

  async #send(method, path, body) {
    const headers = { ...authorization(this.token()), "X-Throng-Client": "page", ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
    try {
      const answer = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      return { status: answer.status, said: await answer.json() };
    } catch {
      return { status: 0, said: { error: "throng does not respond" } };
    }
  }

  #tell(text, bad = false) {
    say(this.answer, text);
    this.answer.className = bad ? "bad" : "good";
  }

  show({ run }) {
    this.paused = run.phase === "paused";
    say(this.pause, this.paused ? "Resume" : "Pause");
    const over = !["starting", "running", "paused"].includes(run.phase);
    for (const verb of this.verbs.slice(0, -1)) verb.disabled = over;
    this.#showIncidents(run.incidents, over);
    const types = Object.keys(run.settings.weights);
    if (types.join() !== this.#types) {
      this.#types = types.join();
      this.rollback.replaceChildren(element("option", { value: "" }, "all that changed last"), ...types.map((type) => element("option", { value: type }, type)));
      this.#dials.clear();
      this.dials.replaceChildren();
      const most = Math.min(MOST_USERS, Math.max(10, 2 ** Math.ceil(Math.log2(3 * run.settings.users))));
      this.#add("users", "users", 1, most, 1, (value) => ({ users: value }), MOST_USERS);
      this.#add("error_rate", "error rate, %", 0, 100, 1, (value) => ({ error_rate: value }));
      this.#add("think_factor", "think factor", 0, 5, 0.1, (value) => ({ think_factor: value }));
      this.#add("canary", "canary, %", 0, 99, 1, (value) => ({ canary: value }));
      for (const type of types) this.#add(`weights.${type}`, `weight of ${type}`, 0, 100, 1, (value) => ({ weights: { [type]: value } }));
    }
    for (const [name, dial] of this.#dials) {
      const [group, type] = name.split(".");
      dial.show(type ? run.settings.weights[type] : run.settings[group], over);
    }
  }

  /** A button for each incident of the plan: it begins it, or ends it while it holds. */
  #showIncidents(incidents, over) {
    if (this.incidents.childElementCount !== incidents.length) {
      const button = ({ name }) => {
        const one = element("button", { type: "button", onclick: () => this.post("incident", one.dataset.holds ? { name, end: true } : { name }) });
        return one;
      };
      this.incidents.replaceChildren(...incidents.map(button));
    }
    incidents.forEach(({ name, until_seconds: until }, place) => {
      const button = this.incidents.children[place];
      button.disabled = over;
      if (until === null) delete button.dataset.holds;
      else button.dataset.holds = "yes";
      say(button, until === null ? `Begin ${name}` : `End ${name} (until ${clock(until)})`);
    });
  }

  /** What changes the shape of the run from now on. */
  #shape() {
    const such = { stages: "2m:300,5m:300,1m:0", arrivals: "50/s", curve: "day, office, shop or none" };
    const text = element("input", { type: "text", size: 28, "aria-label": "Value of the shape", placeholder: such.stages });
    const which = element("select", { "aria-label": "Part of the shape", onchange: () => { text.placeholder = such[which.value]; } }, ...Object.keys(such).map((name) => element("option", { value: name }, name)));
    const set = element("button", { type: "submit" }, "Set from now on");
    this.verbs.splice(-1, 0, set);
    const form = element("form", { class: "row", "aria-label": "Shape" }, which, text, set);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.act("PATCH", "run", { [which.value]: text.value.trim() });
    });
    return form;
  }

  #add(name, label, low, high, step, change, most = undefined) {
    const send = (value) => this.act("PATCH", "run", change(value));
    const dial = new Dial(`dial-${name.replace(".", "-")}`, label, { min: low, max: high, step }, send, most);
    this.dials.append(dial.root);
    this.#dials.set(name, dial);
  }
}

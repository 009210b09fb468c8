// The header: which run, how far it is, and what is steered in a hurry. After the end: what can be taken along.

import { by, element, icon, remake, say } from "./dom.js";
import { clock, count } from "./format.js";
import { surely } from "./session.js";

const WORDS = { starting: "Starting", running: "Running", paused: "Paused", stopping: "Stopping", cleaning: "Cleaning up", done: "Over" };
const ICONS = { running: "play", paused: "pause", done: "stop" };
/** After a command the run's next state may still be from before it. */
const SETTLE_MS = 2500;

export class Header {
  constructor(session) {
    this.session = session;
    session.changed(() => this.#acts());
    this.pause = element("button", { type: "button", id: "pause", onclick: () => session.post(this.paused ? "resume" : "pause") }, icon("pause", "s"), element("span", {}, "Pause"));
    this.stop = element("button", { type: "button", id: "stop", class: "danger" }, icon("stop", "s"), element("span", {}, "Stop"));
    this.stop.addEventListener("click", surely(this.stop, "Press again to stop the run", () => session.post("stop")));
    this.users = element("input", { id: "users-now", type: "number", min: 1, max: 1_000_000, "aria-label": "Users" });
    this.users.addEventListener("change", () => this.users.value && this.#set(Number(this.users.value)));
    const by10 = (sign) => () => this.#set(Math.max(1, Number(this.users.value) + sign * Math.max(1, Math.round(Number(this.users.value) / 10))));
    this.stepper = element("span", { class: "stepper" }, element("label", { for: "users-now" }, "Users"), this.users,
      element("button", { type: "button", "aria-label": "A tenth fewer users", onclick: by10(-1) }, "−"), element("button", { type: "button", "aria-label": "A tenth more users", onclick: by10(1) }, "+"));
  }

  #set(users) {
    this.users.value = users;
    this.asked = Date.now();
    return this.session.act("PATCH", "run", { users });
  }

  phase(text, name = "off") {
    remake(by("phase"), [text, name], () => [icon(name, "s"), text]);
  }

  show(run) {
    this.run = run;
    const { run: now } = run.now;
    this.paused = now.phase === "paused";
    this.phase(WORDS[now.phase], ICONS[now.phase] ?? "info");
    remake(by("run"), [now.target, now.run, now.seed], () => [`${now.target} `, element("span", { class: "less" }, "· run ", element("code", {}, now.run), ` · seed ${now.seed}`)]);
    this.#clock(now);
    this.#acts();
    remake(this.pause, this.paused, () => [icon(this.paused ? "play" : "pause", "s"), element("span", {}, this.paused ? "Resume" : "Pause")]);
    const idle = !["starting", "running", "paused"].includes(now.phase);
    for (const button of [this.pause, this.stop]) button.disabled = idle;
    this.stepper.hidden = now.users.planned === null;
    const held = document.activeElement === this.users || Date.now() - (this.asked ?? 0) < SETTLE_MS;
    if (!held) this.users.value = now.settings.users;
  }

  #clock(now) {
    const place = by("clock");
    place.hidden = false;
    const left = now.left?.seconds;
    const all = left === undefined ? null : now.elapsed_seconds + left;
    const rest = this.run.over || now.phase === "done" ? "in all" : all !== null ? `of ${clock(all)}` : now.left?.sessions !== undefined ? `${count(now.left.sessions)} sessions left` : "no end";
    if (!place.firstChild) place.append(element("b"), element("span", { class: "dim" }), element("progress", { "aria-label": "Time of the run that is over" }));
    const [age, words, bar] = place.children;
    say(age, clock(now.elapsed_seconds));
    say(words, rest);
    bar.hidden = all === null || this.run.over;
    if (all !== null) [bar.max, bar.value] = [all, now.elapsed_seconds];
  }

  #acts() {
    const over = this.run?.over || this.run?.now?.run.phase === "done";
    const { frozen } = this.run ?? {};
    remake(by("acts"), [over, frozen, Boolean(this.session.token()), Boolean(this.run)], () => {
      if (!this.run || frozen) return [];
      const report = element("a", { class: `button${over ? " primary" : ""}`, id: "download", href: "/api/v1/report.html", download: `throng-${this.run.now.run.run}.html` }, over ? "Download report" : "Report");
      report.addEventListener("click", (event) => this.#download(event));
      if (over) return [report, element("a", { class: "button", href: "#events/compare" }, "Compare")];
      if (!this.session.token()) return [element("a", { class: "button primary", href: "#controls/token" }, "Sign in")];
      return [this.stepper, this.pause, this.stop];
    });
  }

  /** Beyond loopback the token has to go along, in a header. */
  async #download(event) {
    if (!this.session.token()) return;
    event.preventDefault();
    const { href, download } = event.currentTarget;
    const answer = await fetch(href, { headers: { Authorization: `Bearer ${this.session.token()}` } }).catch(() => null);
    if (!answer?.ok) return this.session.tell(answer ? `the run responded ${answer.status}` : "throng does not respond: the report was not downloaded", true);
    const url = URL.createObjectURL(await answer.blob());
    element("a", { href: url, download }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

// One user of the crowd: whose session is followed from now on, and its timeline.

import { by, element, remake } from "./dom.js";
import { authorization, events } from "./feed.js";
import { time } from "./format.js";
import { Timeline } from "./timeline.js";

/** Events that are kept of a session; those after them are counted. */
const MOST = 5000;

export class People {
  #following = null;
  #drawn = 0;
  #asked = "";

  constructor(session) {
    this.session = session;
    const field = element("input", { id: "who", name: "who", autocomplete: "off", spellcheck: "false", placeholder: "17, or a type", list: "kinds", required: true });
    this.stop = element("button", { type: "button", class: "low", hidden: true, onclick: () => this.#following?.abort() }, "Stop");
    this.said = element("span", { class: "dim", role: "status" });
    const who = () => field.value.trim().replace(/^#/, "");
    const last = element("button", { type: "button", class: "low", title: "the last session that is over, of a user of this type or with this number, if it was kept", onclick: () => form.reportValidity() && this.follow(who(), 1) }, "Last session");
    this.kept = element("select", { class: "low", hidden: true, "aria-label": "Session", title: "the sessions that are kept, the newest first", onchange: () => this.follow(this.#asked, Number(this.kept.value)) });
    const form = element("form", { class: "ask" }, element("label", { for: "who" }, "User"), field, element("datalist", { id: "kinds" }), element("button", { type: "submit", class: "primary low" }, "Follow"), last, this.kept, this.stop, this.said);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.follow(who());
    });
    this.place = element("div", {});
    by("people").replaceChildren(element("section", { class: "card" }, element("header", {}, element("h2", {}, "One user"), element("span", { class: "dim wide-only" }, "its session from now on, or one of the last, with secrets masked; needs the run's token")), form), this.place);
    this.timeline = new Timeline(this.place);
    this.place.hidden = true;
  }

  show(run) {
    const kinds = (run.now?.types ?? []).map(({ name }) => name);
    remake(by("kinds"), kinds, () => kinds.map((name) => element("option", { value: name })));
  }

  /** Follows the user with this number, or one of this type, until its session ends; or shows one of the last sessions, from 1, the newest. */
  async follow(who, last = 0) {
    this.#following?.abort();
    const following = new AbortController();
    this.#following = following;
    this.trace = { events: [], omitted: 0 };
    this.stop.hidden = false;
    this.#asked = who;
    this.#choose([]);
    this.#say("asks …");
    const key = /^\d+$/.test(who) ? "user" : "type";
    try {
      const headers = { ...authorization(this.session.token()), "X-Throng-Client": "page" };
      const answer = await fetch(`/api/v1/inspect?${new URLSearchParams({ [key]: who, ...(last ? { last } : {}) })}`, { headers, signal: following.signal, cache: "no-store" });
      if (!answer.ok) return this.#refused(answer.status, await answer.json().catch(() => ({})));
      for await (const { event, data } of events(answer.body)) {
        if (event === "begun") {
          this.#say(data.done);
          this.#choose(data.kept ?? [], data.number);
        } else if (event === "session") this.#add(data);
        else if (event === "end") break;
      }
      if (last) return;
      this.#say(this.trace.events.at(-1)?.event === "session_ended" ? "the session is over" : "nothing more comes");
    } catch {
      this.#say(following.signal.aborted ? "stopped" : "throng does not respond");
    } finally {
      if (this.#following === following) this.stop.hidden = true;
      this.#draw();
    }
  }

  /** Offers the sessions that are kept, where there are several. */
  #choose(kept, number = 1) {
    this.kept.hidden = kept.length < 2;
    this.kept.replaceChildren(...kept.map(({ user, session, result, ago }, at) => element("option", { value: at + 1, selected: at + 1 === number }, `user ${user}, session ${session}: ${result ?? "its beginning"}, ${time(ago)} ago`)));
  }

  #refused(status, { error, faults = [] }) {
    if (status === 401) location.hash = "#controls/token";
    this.#say(faults.length ? faults.map(({ place, cause, remedy }) => `${place} ${cause}; ${remedy}`).join("; ") : (error ?? `the run responded ${status}`));
  }

  #add(event) {
    if (this.trace.events.length >= MOST && event.event !== "session_ended") this.trace.omitted += 1;
    else this.trace.events.push(event);
    // Many may come at once.
    if (!this.#drawn) this.#drawn = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#drawn);
    this.#drawn = 0;
    this.place.hidden = this.trace.events.length === 0;
    if (!this.place.hidden) this.timeline.show(this.trace, true);
    this.place.dataset.events = this.trace.events.length;
  }

  #say(words) {
    this.said.textContent = words;
  }
}

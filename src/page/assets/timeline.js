// A session as a timeline: its steps and calls over time, and one moment of it in full, with the state of the user then.

import { element, svg } from "./dom.js";
import { bytes, time } from "./format.js";
import { differences, moments, path, pretty } from "./moments.js";

/** A bar is never narrower than this. */
const NARROWEST = 3;
const COPIED_MS = 2000;

export class Timeline {
  constructor(place) {
    this.at = 0;
    this.slider = element("input", { type: "range", min: 0, value: 0, step: 1, "aria-label": "Moment of the session", oninput: () => this.#go(Number(this.slider.value)) });
    this.where = element("output", { class: "moment-at" });
    this.rows = element("ol", { class: "moments", "aria-label": "Events of the session" });
    this.detail = element("section", { class: "card moment", "aria-live": "polite", "aria-label": "The moment" });
    this.state = element("section", { class: "card moment", "aria-label": "State of the user" });
    this.head = element("header", {}, element("h2", {}, "Session"));
    const button = (words, label, by) => element("button", { type: "button", class: "icon", "aria-label": label, onclick: () => this.#go(this.at + by) }, words);
    const steps = element("p", { class: "travel" }, button("‹", "The event before", -1), this.slider, button("›", "The next event", 1), this.where);
    this.root = element("div", { class: "session-line" }, element("section", { class: "card" }, this.head, steps, this.rows), element("div", { class: "stack" }, this.detail, this.state));
    this.root.addEventListener("keydown", (event) => this.#key(event));
    place.replaceChildren(this.root);
  }

  /** Shows the events of a trace; `stays` keeps the moment that is shown. */
  show(trace, stays = false) {
    const { rows, end } = moments(trace.events);
    const wasLast = this.at >= (this.all?.length ?? 0) - 1;
    [this.all, this.end] = [rows, end];
    this.slider.max = Math.max(0, rows.length - 1);
    const began = trace.events.find((event) => event.event === "session_began");
    const ended = trace.events.find((event) => event.event === "session_ended");
    const calls = trace.events.filter((event) => event.event === "call");
    const failed = calls.filter((call) => ["unexpected", "error"].includes(call.outcome)).length;
    const who = began ? `${began.type} #${began.user}, session ${began.session}` : "Session";
    const result = ended ? `${ended.result}${ended.why ? `: ${ended.why}` : ""}` : "under way";
    this.head.replaceChildren(
      element("h2", {}, who),
      element("span", { class: ended?.result === "failed" ? "bad" : ended ? "good" : "dim" }, result),
      element("span", { class: "right dim" }, `${calls.length} requests, `, element("span", { class: failed ? "bad" : "" }, `${failed} failed`), `, ${time(end)}`),
    );
    this.rows.replaceChildren(...rows.filter((row) => !row.hidden).map((row) => this.#row(row)));
    if (!rows.length) return;
    this.#go(stays && !wasLast ? this.at : stays ? rows.length - 1 : this.#first());
  }

  /** The first failure, or the first call. */
  #first() {
    const find = (test) => this.all.findIndex(test);
    const bad = find((row) => ["bad", "unexpected", "error"].includes(row.tone));
    return Math.max(0, bad >= 0 ? bad : find((row) => row.event.event === "call"));
  }

  #row(row) {
    const part = (value) => `${((value / this.end) * 100).toFixed(3)}%`;
    const isPoint = row.to <= row.from;
    const [y, height] = row.tone === "step" ? [6, 4] : [3, 10];
    // The narrow one is there where the other would not be seen.
    const shapes = isPoint ? [svg("circle", { cx: part(row.from), cy: 8, r: 4 })] : [svg("rect", { x: part(row.from), y, width: part(row.to - row.from), height }), svg("rect", { x: part(row.from), y, width: NARROWEST, height })];
    const bar = svg("svg", { class: `tl-bar m-${row.tone}`, "aria-hidden": "true" }, ...shapes);
    const spent = isPoint ? "" : time(row.to - row.from);
    const result = row.result && row.result !== "ok" ? element("b", { class: "bad" }, ` ${row.result}`) : null;
    const label = element("span", { class: `label d${row.depth} m-${row.tone}` }, element("span", {}, row.name), result, row.note ? element("span", { class: "said" }, row.note) : null);
    const button = element("button", { type: "button", class: "moment-row", "data-at": row.index, onclick: () => this.#go(row.index) }, label, bar, element("span", { class: "spent" }, spent));
    return element("li", {}, button);
  }

  #key(event) {
    const next = { ArrowRight: this.at + 1, ArrowDown: this.at + 1, ArrowLeft: this.at - 1, ArrowUp: this.at - 1, Home: 0, End: this.all.length - 1 }[event.key];
    if (next === undefined || event.target.closest("pre, input[type=text], details")) return;
    event.preventDefault();
    this.#go(next);
  }

  #go(at) {
    this.at = Math.min(Math.max(0, at), this.all.length - 1);
    const row = this.all[this.at];
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", `${row.name}, at ${time(row.event.at)}`);
    this.where.textContent = `${this.at + 1} of ${this.all.length} · ${row.event.at.toFixed(3)} s`;
    this.rows.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const shown = this.rows.querySelector(`[data-at="${(row.began ?? row).index}"]`);
    shown?.setAttribute("aria-current", "true");
    if (shown) keepInView(this.rows, shown);
    this.detail.replaceChildren(...detail(row));
    this.state.replaceChildren(...stateOf(row));
  }
}

/** Scrolls the list, and never the page. */
function keepInView(list, row) {
  const [outer, inner] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

function detail(row) {
  const { event } = row;
  const title = element("header", {}, element("h2", {}, row.name), row.note ? element("span", { class: `said m-${row.tone}` }, row.note) : null, element("span", { class: "right dim" }, `at ${event.at.toFixed(3)} s`));
  return [title, element("div", { class: "body" }, ...(event.event === "call" ? call(event) : others(row)))];
}

function call(event) {
  const phases = event.phases.map(([name, seconds]) => `${name} ${time(seconds)}`).join(", ");
  const copy = element("button", { type: "button", class: "low", onclick: () => copied(copy, event.curl) }, "Copy as curl");
  const facts = [
    ["URL", event.url],
    ["Counted as", `${event.name}, ${event.outcome}${event.via === "call" ? "" : `, by ${event.via}`}`],
    ["Took", `${time(event.seconds)}${phases ? ` (${phases})` : ""}`],
    ["Called at", event.place],
    ["Trace", event.trace_id],
    ["Error", event.error && `${event.error.kind}: ${event.error.message}`],
  ].filter(([, value]) => value);
  return [
    element("dl", { class: "call-facts" }, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", { class: name === "Error" ? "bad" : "" }, value)])),
    element("p", { class: "row" }, copy),
    ...message("Request", `${event.method} ${path(event.url)}`, event.request, false),
    ...(event.response ? message("Response", String(event.status), event.response, true) : []),
  ];
}

function message(name, first, { headers, body }, isOpen) {
  const lines = headers.map(([field, value]) => `${field}: ${value}`).join("\n");
  const size = body.bytes ? `, ${bytes(body.bytes)}${body.is_cut ? ", its beginning" : ""}` : ", no body";
  return [
    element("details", {}, element("summary", {}, `${name} headers`), element("pre", {}, lines ? `${first}\n${lines}` : first)),
    element("details", { open: isOpen && body.bytes > 0 && body.bytes < 20_000 }, element("summary", {}, `${name} body${size}`), element("pre", {}, body.text ? pretty(body.text) : "")),
  ];
}

function others(row) {
  const { event } = row;
  if (event.event === "error") return [element("p", { class: "bad" }, `${event.place}: ${event.message}`), element("pre", {}, event.traceback.join("\n"))];
  const ended = event.event === "step_ended" ? event : row.ended;
  if (event.event === "step_began" || event.event === "step_ended") {
    const result = ended ? `${ended.result} after ${time(ended.seconds)}${ended.why ? `: ${ended.why}` : ""}` : "under way";
    return [element("p", { class: ended && ended.result !== "ok" ? "bad" : "" }, result)];
  }
  if (event.event === "think") return [element("p", {}, `${time(event.seconds)}${event.is_between_steps ? ", between two steps" : ""}`)];
  return [element("p", {}, row.note || row.name)];
}

function stateOf(row) {
  const isStep = row.event.event === "step_ended";
  const before = isStep && row.began ? row.began.state : row.before;
  const changes = row.state === null || before === null ? [] : differences(before, row.state);
  const short = (value) => JSON.stringify(value).slice(0, 200);
  const line = ({ path: name, before: was, after }) => {
    if (was === undefined) return element("li", { class: "good" }, `+ ${name} = ${short(after)}`);
    if (after === undefined) return element("li", { class: "bad" }, `- ${name} = ${short(was)}`);
    return element("li", { class: "warn" }, `~ ${name} = ${short(was)} → ${short(after)}`);
  };
  const note = row.state === null ? "not known yet: it is looked at where steps begin and end" : changes.length ? "changed here" : "";
  return [
    element("header", {}, element("h2", {}, "user.state"), element("span", { class: "dim" }, note)),
    element("div", { class: "body" }, changes.length ? element("ul", { class: "changes mono" }, ...changes.map(line)) : null, row.state === null ? null : element("pre", {}, JSON.stringify(row.state, null, 2))),
  ];
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = element("textarea", { class: "copied" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy as curl"), COPIED_MS);
}

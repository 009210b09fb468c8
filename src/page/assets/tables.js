// What was asked, what failed, what the scripts did.

import { Sheet, by, element, say } from "./dom.js";
import { NONE, bytes, clock, count, cpu, of, rate, share, time } from "./format.js";

const failed = (requests) => requests.unexpected + requests.error;
const failures = { name: "failed", show: (row) => share(of(failed(row.requests), row.requests.total)), value: (row) => of(failed(row.requests), row.requests.total), class: (row) => (failed(row.requests) ? "bad" : null) };
const unsuccessful = ({ failed, error, total, cancelled }) => of(failed + error, total - cancelled);
const places = (row) => row.lost_at.slice(0, 3).map(({ place, count: times }) => `${place} ${count(times)}`).join(", ") + (row.lost_at.length > 3 ? `, and ${row.lost_at.length - 3} more` : "");
const percentile = (name, values) => ({ name, show: (row) => time(values(row)), value: values });

/** In how many of its seconds the run itself says that it was overloaded; null: in none. */
export function overload({ overloaded_seconds: overloaded, judged_seconds: judged }) {
  return overloaded ? `The generator was overloaded in ${count(overloaded)} of ${count(judged)} s: the times of those seconds are more its own than the target's.` : null;
}

/** The trace of a failure, with a link to it where the run knows one. */
const trace = ({ trace_id: id, trace_url: url }) => {
  if (!id) return [];
  const link = url ? element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, id) : element("code", {}, id);
  return [element("p", { class: "trace" }, "Trace ", link)];
};

const results = { passed: "passed", failed: "failed", no_data: "no data", unknown_name: "no data" };

export class Tables {
  constructor() {
    this.thresholds = new Sheet(by("thresholds"), "Thresholds", [
      { name: "rule", text: true, show: (row) => row.rule },
      { name: "is", text: true, show: (row) => results[row.result], class: (row) => (row.result === "failed" ? "bad" : null) },
      { name: "now", show: (row) => row.figure ?? NONE },
      { name: "why", text: true, show: (row) => row.met ?? "" },
    ]);
    this.types = new Sheet(by("types"), "By type", [
      { name: "type", text: true, show: (row) => row.type, value: (row) => row.type },
      { name: "users", show: (row) => count(row.users), value: (row) => row.users },
      { name: "away", show: (row) => count(row.away), value: (row) => row.away },
      { name: "requests", show: (row) => count(row.requests.total), value: (row) => row.requests.total },
      { name: "/s", show: (row) => rate(row.rate), value: (row) => row.rate },
      { name: "expected", show: (row) => share(of(row.requests.expected, row.requests.total)), value: (row) => of(row.requests.expected, row.requests.total) },
      failures,
      percentile("p50", (row) => row.latency_seconds[0]),
      percentile("p95", (row) => row.latency_seconds[1]),
      percentile("p99", (row) => row.latency_seconds[2]),
      percentile("response p99", (row) => row.response_latency_seconds[2]),
      { name: "sessions", show: (row) => count(row.sessions[0]), value: (row) => row.sessions[0] },
      { name: "returned", show: (row) => (row.people ? share(of(row.people.returning, row.people.new + row.people.returning)) : NONE), value: (row) => (row.people ? of(row.people.returning, row.people.new + row.people.returning) : null) },
      { name: "failed sessions", show: (row) => count(row.sessions[1]), value: (row) => row.sessions[1], class: (row) => (row.sessions[1] ? "bad" : null) },
    ]);
    this.endpoints = new Sheet(by("endpoints"), "By endpoint", [
      { name: "request", text: true, show: (row) => `${row.method} ${row.name}`, value: (row) => row.name },
      { name: "requests", show: (row) => count(row.requests.total), value: (row) => row.requests.total },
      { name: "/s", show: (row) => rate(row.rate), value: (row) => row.rate },
      { name: "ok", show: (row) => count(row.requests.ok), value: (row) => row.requests.ok },
      { name: "expected", show: (row) => count(row.requests.expected), value: (row) => row.requests.expected },
      failures,
      percentile("p50", (row) => row.latency_seconds[0]),
      percentile("p95", (row) => row.latency_seconds[1]),
      percentile("p99", (row) => row.latency_seconds[2]),
    ], "over the whole run");
    this.steps = new Sheet(by("steps"), "Steps", [
      { name: "type", text: true, show: (row) => row.type, value: (row) => row.type },
      { name: "step", text: true, show: (row) => row.name, value: (row) => row.name },
      { name: "count", show: (row) => count(row.results.total), value: (row) => row.results.total },
      { name: "/s", show: (row) => rate(row.rate), value: (row) => row.rate },
      { name: "ok", show: (row) => count(row.results.ok), value: (row) => row.results.ok },
      { name: "failed", show: (row) => share(unsuccessful(row.results)), value: (row) => unsuccessful(row.results), class: (row) => (row.results.failed + row.results.error ? "bad" : null) },
      percentile("p50", (row) => row.duration_seconds[0]),
      percentile("p95", (row) => row.duration_seconds[1]),
      percentile("p99", (row) => row.duration_seconds[2]),
    ], "over the whole run, without pauses");
    this.journeys = new Sheet(by("journeys"), "Journeys", [
      { name: "type", text: true, show: (row) => row.type, value: (row) => row.type },
      { name: "journey", text: true, show: (row) => row.name, value: (row) => row.name },
      { name: "begun", show: (row) => count(row.begun), value: (row) => row.begun },
      { name: "under way", show: (row) => count(row.under_way), value: (row) => row.under_way },
      { name: "finished", show: (row) => count(row.finished), value: (row) => row.finished },
      { name: "of those ended", show: (row) => share(of(row.finished, row.finished + row.lost)), value: (row) => of(row.finished, row.finished + row.lost) },
      { name: "lost", show: (row) => count(row.lost), value: (row) => row.lost, class: (row) => (row.lost ? "bad" : null) },
      { name: "lost at", text: true, show: places },
      percentile("p50", (row) => row.duration_seconds[0]),
      percentile("p95", (row) => row.duration_seconds[1]),
    ], "over the whole run, with all pauses");
    this.versions = new Sheet(by("versions"), "Versions side by side", [
      { name: "type", text: true, show: (row) => row.type, value: (row) => row.type },
      { name: "version", show: (row) => (row.version ? String(row.version) : "older"), value: (row) => row.version },
      { name: "is", text: true, show: (row) => (row.canary ? "canary" : row.current ? "current" : row.previous ? "previous" : "") },
      { name: "users", show: (row) => count(row.users), value: (row) => row.users },
      { name: "requests", show: (row) => count(row.requests.total), value: (row) => row.requests.total },
      failures,
      percentile("p50", (row) => row.p50_seconds),
      percentile("p95", (row) => row.p95_seconds),
      percentile("p99", (row) => row.p99_seconds),
      { name: "steps", show: (row) => count(row.steps), value: (row) => row.steps },
      { name: "script errors", show: (row) => count(row.script_errors), value: (row) => row.script_errors, class: (row) => (row.script_errors ? "bad" : null) },
    ], "a version is the number of the release that last changed a type");
    this.failures = by("failures");
    this.errors = by("errors");
    this.log = by("log");
  }

  show(now, open) {
    this.#optional("thresholds", now.run.thresholds);
    this.types.show(now.types);
    this.endpoints.show(now.endpoints, now.more_endpoints ? `and ${now.more_endpoints} more; the summary lists all` : "");
    this.#optional("steps", now.steps, now.more_steps);
    this.#optional("journeys", now.journeys, now.more_journeys);
    this.versions.show(now.versions.types.flatMap(({ type, versions }) => versions.map((one) => ({ type, ...one }))));
    this.#failures(now.failures);
    this.#errors(now, open);
    this.#events(now.run.reload_status.events);
    this.#health(now.run);
  }

  /** A table that is shown once it has a row. */
  #optional(name, rows, more) {
    by(name).hidden = rows.length === 0;
    this[name].show(rows, more ? `and ${more} more; the summary lists all` : "");
  }

  #failures(failures) {
    // Two of one text are two: each has its own request and its own trace.
    const keyOf = (one) => JSON.stringify([one.type, one.text, one.trace_id, one.request]);
    const key = failures.map(keyOf).join("\n");
    if (this.seen === key) return;
    this.seen = key;
    // What somebody reads stays open when others come.
    const open = new Set([...this.failures.querySelectorAll("details[open]")].map((one) => one.dataset.of));
    const lines = failures.map((one) =>
      element("li", {}, element("details", { open: open.has(keyOf(one)), "data-of": keyOf(one) },
        element("summary", {}, element("b", { class: "bad" }, one.what), ` ${one.type}: ${one.text}`),
        ...trace(one),
        element("div", { class: "pair" },
          element("div", {}, element("h3", {}, "Request"), element("pre", { tabindex: "0" }, one.request || "nothing was sent")),
          element("div", {}, element("h3", {}, "Response"), element("pre", { tabindex: "0" }, one.response || "none"))))));
    this.failures.replaceChildren(element("h2", {}, "Last failures"), lines.length ? element("ul", {}, ...lines) : element("p", { class: "dim" }, "None so far."));
  }

  /** Script errors, and why the scripts as they are now were refused: both lead to the line. */
  #errors({ script_errors: errors, run: { reload_status } }, open) {
    const refused = reload_status.refusal?.faults ?? [];
    const key = JSON.stringify([errors.map((one) => [one.place, one.message, one.count]), refused]);
    if (this.raised === key) return;
    this.raised = key;
    const line = (place, why, more) => {
      const link = /^(.+?):(\d+)/.exec(place);
      const where = link ? element("button", { type: "button", onclick: () => open(link[1], Number(link[2])) }, place) : element("b", {}, place);
      return element("li", {}, where, ` ${why} `, more);
    };
    const lines = [
      ...refused.map((fault) => line(fault.place, fault.cause, element("b", { class: "bad" }, "refused; users continue with the previous scripts"))),
      ...errors.map((one) => line(one.place, one.message, element("span", { class: "dim" }, `${count(one.count)} times, ${one.type} version ${one.version}`))),
    ];
    this.errors.replaceChildren(element("h2", {}, "Script errors"), lines.length ? element("ul", {}, ...lines) : element("p", { class: "dim" }, "None so far."));
  }

  #events(events) {
    if (this.told === events.length && this.last === events.at(-1)?.text) return;
    [this.told, this.last] = [events.length, events.at(-1)?.text];
    const lines = [...events].reverse().map(({ at_seconds: at, what, by: who, text }) =>
      element("li", {}, element("time", {}, clock(at)), element("b", {}, what), text, who && who !== "run" ? element("i", {}, ` by ${who}`) : null));
    this.log.replaceChildren(element("h2", {}, "Events"), lines.length ? element("ol", { tabindex: "0", "aria-label": "Events, newest first" }, ...lines) : element("p", { class: "dim" }, "None so far."));
  }

  #health({ health, protection }) {
    const parts = [
      `scheduler lag p99 ${time(health.lag_p99_seconds)}, at most ${time(health.lag_seconds)}`, health.cpu === null ? "CPU unknown" : `${cpu(health.cpu)} of a core`,
      ...(health.busiest_thread === null ? [] : [`busiest thread ${cpu(health.busiest_thread)}`]),
      `${count(health.connections)} connections`, `${count(health.vms)} Lua VMs with ${bytes(health.lua_memory)}`,
    ];
    const place = by("health");
    if (!place.firstChild) place.append(element("h2", {}, "Load generator"), element("p"), element("p"), element("p", { class: "dim" }));
    const [figures, verdict, spared] = place.querySelectorAll("p");
    say(figures, parts.join(", "));
    verdict.className = health.overloaded_seconds ? "bad" : "good";
    say(verdict, overload(health) ?? (health.judged_seconds ? `The generator kept up in all ${count(health.judged_seconds)} s.` : ""));
    const open = protection.breaker.scopes.filter((one) => one.state !== "closed").map((one) => `${one.name} ${one.state.replace("_", " ")}`);
    say(spared, open.length ? `Circuit breakers: ${open.join(", ")}` : "");
  }
}

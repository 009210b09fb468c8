// Beside the charts: the thresholds with their limits, the numbered marks, the types.

import { by, element, head, icon, remake } from "./dom.js";
import { ofType, typesOf } from "./charts.js";
import { failed, failures, number, percentile } from "./figures.js";
import { clock, of, rate } from "./format.js";
import { swatch } from "./plot.js";
import { Sheet } from "./sheet.js";

const RESULTS = { passed: ["ok", "good"], failed: ["bad", "bad"], no_data: ["off", "dim"], unknown_name: ["warn", "warn"] };
/** Where the limit stands on a meter. */
const LIMIT = 0.7;
/** Marks in the rail; the others are on their tab. */
const NEWEST = 8;

/** What is written of the bound, as the rule has it: `max 300ms`. */
function limit(rule) {
  const found = / ([<>]) (\S+)/.exec(rule.replace(/\{.*?\}/g, ""));
  return found ? `${found[1] === ">" ? "max" : "min"} ${found[2]}` : "";
}

const measure = (rule) => rule.replace(/ [<>] \S+/, "");

function line(one, { run: { elapsed_seconds: now } }, over) {
  const [name, tone] = RESULTS[one.result] ?? RESULTS.no_data;
  const meter = element("span", { class: "meter", "aria-hidden": "true" }, element("i"), element("u"));
  meter.firstChild.style.width = `${Math.min(1, one.value === null || !one.bound ? 0 : (one.value / one.bound) * LIMIT) * 100}%`;
  const since = one.beyond_since_seconds ?? null;
  const why = one.result === "failed" ? (since !== null && !over ? `fails for ${clock(now - since)}` : one.met) : one.result === "passed" ? null : (one.met ?? "no data yet");
  return element("li", { class: one.result === "failed" ? "failing" : "" }, icon(name, tone), element("code", {}, measure(one.rule)),
    element("span", {}, element("b", { class: one.result === "failed" ? "bad" : "" }, one.figure ?? "-"), element("span", { class: "dim" }, ` ${limit(one.rule)}`)), meter, why ? element("small", { class: tone }, why) : null);
}

/** A number, when, and what. */
export function event({ n, at, tone, text, by: who }, id = null) {
  return element("li", { id, tabindex: id ? "-1" : null }, element("span", { class: `number ${tone}` }, String(n)), element("span", { class: "dim" }, clock(at)), element("span", {}, text, who && who !== "run" ? element("span", { class: "dim" }, ` by ${who}`) : null));
}

export class Overview {
  constructor() {
    by("types").append(head("Types"));
    const types = [
      { name: "type", text: true, value: (row) => row.type, show: (row) => element("span", {}, row.place < 0 ? null : swatch({ class: ofType(row.place) }), ` ${row.type}`) },
      number("users", (row) => row.users), number("away", (row) => row.away, "wide"),
      { name: "req/s", value: (row) => row.rate, show: (row) => rate(row.rate) },
      failures((row) => of(failed(row.requests), row.requests.total)), percentile("p95", (row) => row.response_latency_seconds[1]),
      number("requests", (row) => row.requests.total, "huge"),
    ];
    this.types = new Sheet(by("types"), types, { label: "Types of users", key: (row) => row.type });
  }

  show(run) {
    const { now } = run;
    const rules = now.run.thresholds;
    by("thresholds").hidden = rules.length === 0;
    remake(by("thresholds"), [rules, run.over, rules.some((one) => (one.beyond_since_seconds ?? null) !== null) && now.run.elapsed_seconds], () => {
      const passed = rules.filter(({ result }) => result === "passed").length;
      return [head("Thresholds", null, `${passed} of ${rules.length} pass`), element("ul", { class: "rules" }, ...rules.map((one) => line(one, now, run.over)))];
    });
    const marks = run.marks();
    remake(by("marks"), marks, () => [head("Marks", null, element("a", { href: "#events" }, "All events")),
      marks.length ? element("ol", { class: "events" }, ...marks.slice(-NEWEST).map((mark) => event(mark))) : element("p", { class: "pad dim" }, "Nothing was done to the run so far.")]);
    const places = typesOf(run);
    const rows = now.types.map((one) => ({ ...one, place: places.indexOf(one.type), rate: run.over ? one.requests.total / (now.run.elapsed_seconds || 1) : one.rate }));
    this.types.show(rows.filter((row) => row.place >= 0 || row.requests.total > 0));
  }
}

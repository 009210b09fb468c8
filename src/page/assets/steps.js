// Steps and journeys: where people get lost. Checks, and the scripts' own metrics.

import { by, element, head, icon, remake } from "./dom.js";
import { bars, failures, number, percentile } from "./figures.js";
import { NONE, count, of, rate, share } from "./format.js";
import { Sheet } from "./sheet.js";

const RESULTS = ["ok", "failed", "error", "cancelled"];
const unsuccessful = ({ results }) => of(results.failed + results.error, results.total - results.cancelled);
const keyOf = (row) => `${row.type} ${row.name}`;
/** A value in the script's own unit. */
const figure = (value) => (value === null || value === undefined ? NONE : Number.isInteger(value) ? count(value) : rate(value));

export class Steps {
  #chosen = null;

  constructor() {
    by("journeys").append(head("Journeys", "whole run, with all pauses"));
    this.none = element("p", { class: "pad dim" }, "No script names a journey.");
    this.journeys = new Sheet(by("journeys"), [
      { name: "journey", text: true, value: (row) => row.name, show: (row) => this.#choice(row) },
      { name: "type", text: true, only: "middle", value: (row) => row.type, show: (row) => row.type },
      number("begun", (row) => row.begun), number("under way", (row) => row.under_way, "wide"), number("finished", (row) => row.finished, "wide"),
      { name: "of those ended", value: (row) => of(row.finished, row.finished + row.lost), show: (row) => share(of(row.finished, row.finished + row.lost)) },
      { name: "lost", value: (row) => row.lost, show: (row) => count(row.lost), class: (row) => (row.lost ? "bad" : null) },
      percentile("p50", (row) => row.duration_seconds[0], "middle"), percentile("p95", (row) => row.duration_seconds[1]),
    ], { label: "Journeys", sort: "lost", key: keyOf, row: (row) => (keyOf(row) === this.#chosen ? "chosen" : "") });
    by("journeys").append(this.none);
    by("step-table").append(head("Steps", "whole run, without pauses"));
    this.steps = new Sheet(by("step-table"), [
      { name: "step", text: true, value: (row) => row.name, show: (row) => element("code", {}, row.name) },
      { name: "type", text: true, only: "middle", value: (row) => row.type, show: (row) => row.type },
      number("count", (row) => row.results.total), { name: "/s", only: "wide", value: (row) => row.rate, show: (row) => rate(row.rate) },
      bars("results", (row) => row.results, RESULTS), failures(unsuccessful),
      percentile("p50", (row) => row.duration_seconds[0], "wide"), percentile("p95", (row) => row.duration_seconds[1]), percentile("p99", (row) => row.duration_seconds[2], "wide"),
    ], { label: "Steps", sort: "failed", key: keyOf });
  }

  #choice(row) {
    return element("button", { type: "button", class: "plain", onclick: () => {
      this.#chosen = keyOf(row);
      this.show(this.run);
    } }, row.name);
  }

  show(run) {
    this.run = run;
    const { journeys, more_journeys: moreJourneys, steps, more_steps: moreSteps, checks, metrics } = run.now;
    by("steps").classList.toggle("alone", journeys.length === 0);
    this.none.hidden = journeys.length > 0;
    by("journeys").querySelector(".scroll").hidden = journeys.length === 0;
    this.#chosen ??= journeys.length ? keyOf([...journeys].sort((one, other) => other.lost - one.lost)[0]) : null;
    this.journeys.show(journeys, moreJourneys ? `And ${count(moreJourneys)} more; the summary lists all.` : "");
    this.steps.show(steps, moreSteps ? `And ${count(moreSteps)} more; the summary lists all.` : "");
    this.#funnel(journeys.find((row) => keyOf(row) === this.#chosen));
    this.#checks(checks ?? []);
    this.#metrics(metrics ?? []);
  }

  /** Of those who began: finished, lost and where, cut off by a stop, still on their way. Four different things. */
  #funnel(row) {
    by("funnel").hidden = !row;
    if (!row) return;
    const { begun, finished, lost, under_way: way, lost_at: places, results } = row;
    remake(by("funnel"), [row.name, begun, finished, lost, way, places, results.cancelled], () => {
      const part = (name, many, tone, kind) => {
        const track = element("span", { class: "track", "aria-hidden": "true" }, element("i", { class: kind }));
        track.firstChild.style.width = `${(of(many, begun) ?? 0) * 100}%`;
        return element("li", {}, element("span", { class: tone }, name), track, element("b", { class: tone }, count(many), element("span", { class: "dim" }, ` ${share(of(many, begun))}`)));
      };
      return [head(`Funnel: ${row.name}`, row.type), element("ol", { class: "funnel" }, part("begun", begun, "", ""), part("finished", finished, "good", ""),
        ...places.slice(0, 8).map(({ place, count: many }) => part(`lost at ${place}`, many, "bad", "lost")),
        ...(places.length > 8 ? [part("lost elsewhere", lost - places.slice(0, 8).reduce((sum, one) => sum + one.count, 0), "bad", "lost")] : []),
        ...(results.cancelled ? [part("cut off by the run", results.cancelled, "dim", "cut-off")] : []), ...(way ? [part("on their way", way, "dim", "way")] : []))];
    });
  }

  #checks(checks) {
    by("checks").hidden = checks.length === 0;
    const sorted = [...checks].sort((one, other) => (of(other.failed, other.failed + other.passed) ?? 0) - (of(one.failed, one.failed + one.passed) ?? 0));
    remake(by("checks"), sorted, () => [head("Checks", "whole run"), element("ul", { class: "rules" }, ...sorted.map(({ name, passed, failed }) => element("li", {}, icon(failed ? "bad" : "ok", failed ? "bad" : "good"),
      element("span", {}, name, element("span", { class: "dim" }, ` of ${count(passed + failed)}${failed ? ` · ${count(failed)} failed` : ""}`)), element("b", {}, share(of(passed, passed + failed))))))]);
  }

  #metrics(metrics) {
    by("metrics").hidden = metrics.length === 0;
    const rows = metrics.flatMap(({ name, kind, help, values }) => values.map((one) => ({ name, kind, help, ...one })));
    remake(by("metrics"), rows, () => [head("Script metrics", "in the scripts' own units"), element("ul", { class: "rules" }, ...rows.map(({ name, kind, help, labels, value, count: many, p50, p95, p99, max }) => {
      const of = Object.entries(labels ?? {}).map(([label, of]) => `${label}=${of}`).join(", ");
      const figures = kind === "histogram" ? `p50 ${figure(p50)} · p95 ${figure(p95)} · p99 ${figure(p99)} · max ${figure(max)}` : figure(value);
      return element("li", {}, element("span", {}), element("span", {}, name, element("span", { class: "dim" }, ` ${of} ${kind}${many === undefined ? "" : ` of ${count(many)}`}${help ? ` · ${help}` : ""}`)), element("b", {}, figures));
    }))]);
  }
}

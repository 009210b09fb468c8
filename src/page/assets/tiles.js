// The figures that one looks at first, each with its course. Only thresholds and the verdict on the generator colour them.

import { by, element, icon, remake, svg } from "./dom.js";
import { count, of, rate, share, time } from "./format.js";

/** Points of a sparkline while the run goes on. */
const RECENT = 84;
const users = (value) => count(value === null ? null : Math.round(value));
const sum = (values) => values.reduce((one, other) => one + other, 0);

/** The thresholds whose measure is one of these, of the whole crowd first. */
const about = (run, measures) => run.thresholds.filter(({ rule }) => measures.test(rule));

/** What thresholds say of a figure: nothing without any. */
function judged(rules) {
  if (!rules.length) return null;
  if (rules.some(({ result }) => result === "failed")) return { tone: "bad", words: "over limit", icon: "bad" };
  if (rules.every(({ result }) => result === "passed")) return { tone: "", words: "passes", icon: "ok" };
  return { tone: "", words: "no data", icon: "off" };
}

function spark(values) {
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0)) * 1.15;
  const at = values.map((value, place) => `${((place / Math.max(1, values.length - 1)) * 100).toFixed(1)},${(28 - ((value ?? 0) / most) * 26).toFixed(1)}`).join(" ");
  return svg("svg", { class: "spark", viewBox: "0 0 100 28", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("polygon", { points: `0,28 ${at} 100,28` }), svg("polyline", { points: at }));
}

const VERDICTS = { valid: ["valid", "ok", ""], doubtful: ["doubtful", "warn", ""], invalid: ["invalid", "bad", "bad"] };

export class Tiles {
  constructor() {
    this.place = by("tiles");
  }

  show(run) {
    const made = this.#tiles(run);
    while (this.place.children.length < made.length) this.place.append(element("a", { class: "tile" }));
    for (const [order, tile] of made.entries()) {
      const place = this.place.children[order];
      place.className = `tile ${tile.mark?.tone ?? ""}`;
      place.setAttribute("href", tile.href);
      place.dataset.name = tile.name;
      const values = tile.values.slice(run.over ? 0 : -RECENT);
      remake(place, [tile, values.map((value) => (value === null ? null : Number(value.toPrecision(3))))], () => [
        element("span", { class: "name" }, element("span", {}, tile.name), tile.mark ? element("span", { class: "mark" }, icon(tile.mark.icon, `s ${{ ok: "good", bad: "bad", warn: "warn", off: "dim" }[tile.mark.icon]}`), tile.mark.words) : null),
        element("span", { class: "figure" }, element("span", {}, tile.figure), element("small", {}, tile.unit ?? "")),
        element("span", { class: "below" }, tile.below), spark(values)]);
    }
    this.place.dataset.requests = run.now.run.requests.total;
  }

  #tiles({ now, points, over }) {
    const { run } = now;
    const failed = run.requests.unexpected + run.requests.error;
    const rates = points.map((point) => (point.seconds < 0.5 ? null : sum(Object.values(point.outcomes).map((counts) => sum(counts))) / point.seconds));
    const failures = points.map((point) => of(sum(Object.values(point.outcomes).map((counts) => counts[2] + counts[3])), sum(Object.values(point.outcomes).map((counts) => sum(counts)))));
    const alive = points.map((point) => sum(Object.values(point.users)));
    return [this.#users(now, points, alive, over), {
      name: over ? "Requests" : "Requests/s", href: "#overview/chart-requests", values: rates,
      figure: over ? count(run.requests.total) : rate(run.rates.requests), below: over ? `mean ${rate(run.rates.requests_mean)}/s · most ${rate(Math.max(0, ...rates.map((value) => value ?? 0)))}/s` : `${count(run.requests.total)} sent · mean ${rate(run.rates.requests_mean)}/s`,
    }, this.#failures(run, failed, failures, over), this.#latency(now, points, over), this.#thresholds(now, points), this.#generator(now, points, over)];
  }

  #users({ run, types, people }, points, alive, over) {
    const parts = [];
    const last = points.at(-1);
    if (run.arrivals) {
      const coming = last?.arrivals && last.seconds >= 0.5 ? last.arrivals.total / last.seconds : null;
      parts.push(over ? `${count(run.arrivals.total)} arrivals` : `${rate(coming)} arrivals/s of ${rate(run.arrivals.planned)}`);
      if (run.arrivals.dropped) parts.push(`${count(run.arrivals.dropped)} dropped`);
    }
    if (run.workers) {
      const { at_work: there, wanted, obeyed } = run.workers;
      parts.push(over || there === wanted ? `${count(there)} workers` : `${count(there)} of ${count(wanted)} workers`);
      if (run.workers.lost_arrivals) parts.push(`${count(run.workers.lost_arrivals)} arrival(s) lost with a worker`);
      if (!over && obeyed < there) parts.push(`${count(obeyed)} of ${count(there)} have applied the last command`);
    }
    if (run.users.away) parts.push(`${count(run.users.away)} away`);
    if (people?.returning) parts.push(`${count(people.returning)} came back`);
    if (!parts.length) parts.push(`${count(sum(types.map((one) => one.sessions[0])))} sessions`);
    return { name: "Users", href: "#overview/chart-users", values: alive, figure: over ? count(Math.max(0, ...alive)) : count(run.users.alive), unit: over ? " at most" : run.users.planned === null ? "" : ` of ${users(run.users.planned)} planned`, below: parts.join(" · ") };
  }

  #failures(run, failed, values, over) {
    const rules = about(run, /^(failed|errors)\b(?!\{)/);
    const limit = rules.find(({ rule }) => /^failed >/.test(rule));
    const parts = [`${count(failed)} failed`, ...(limit ? [`limit ${share(limit.bound)}`] : []), ...(over ? [] : [`now ${share(run.rates.failures)}`])];
    // A threshold may still pass, for it judges the whole run or a time that is not over.
    const silent = (run.status ?? []).some(({ level, kind }) => level === "critical" && /^(no_response|circuit_open)$/.test(kind));
    const mark = judged(rules);
    return { name: "Failures", href: "#failures", values, figure: share(of(failed, run.requests.total)), below: parts.join(" · "), mark: silent && mark?.tone !== "bad" ? { tone: "bad", words: "no response", icon: "bad" } : mark };
  }

  /** Of service times, which are what thresholds judge; response times are beside them. */
  #latency({ run, latency_seconds: whole, response_latency_seconds: response }, points, over) {
    const rules = about(run, /^p\d+(\.\d+)? [<>]/);
    const values = points.map((point) => point.latency_seconds[1]);
    const silent = values.length - 1 - values.findLastIndex((value) => value !== null);
    const last = points.at(-1);
    const since = silent > 0 ? sum(points.slice(-silent).map((point) => point.seconds)) : 0;
    const limit = rules.find(({ rule }) => rule.startsWith("p95"));
    const shown = over ? whole : (last?.latency_seconds ?? [null, null, null]);
    const planned = over ? response[1] : (last?.response_latency_seconds[1] ?? null);
    const parts = !over && since >= 2 && run.phase === "running" ? [`no answer for ${Math.round(since)} s`] : [limit ? `limit ${time(limit.bound)}` : `p99 ${time(shown[2])}`, `response ${time(planned)}`];
    return { name: "p95 service", href: "#overview/chart-latency", values, figure: time(shown[1]), below: parts.join(" · "), mark: judged(rules) };
  }

  #thresholds({ run, checks }, points) {
    const rules = run.thresholds;
    const passed = rules.filter(({ result }) => result === "passed").length;
    const failing = rules.filter(({ result }) => result === "failed").length;
    const [good, all] = (checks ?? []).reduce(([one, other], check) => [one + check.passed, other + check.passed + check.failed], [0, 0]);
    const below = all ? `checks ${share(good / all)} of ${count(all)}` : "no checks";
    const values = points.map((point) => point.failing_thresholds ?? 0);
    if (!rules.length) return { name: "Checks", href: "#steps/checks", values, figure: all ? share(good / all) : "none", unit: all ? " pass" : "", below: all ? `${count(all - good)} of ${count(all)} failed · no thresholds` : "no thresholds, no checks" };
    const mark = failing ? { tone: "bad", words: `${failing} fail`, icon: "bad" } : passed === rules.length ? { tone: "", words: "pass", icon: "ok" } : { tone: "", words: "no data", icon: "off" };
    return { name: "Thresholds", href: "#overview/thresholds", values, figure: `${passed} of ${rules.length}`, unit: " pass", below, mark };
  }

  #generator({ run, generator }, points, over) {
    const { health } = run;
    const values = points.map((point) => point.busiest_thread ?? null);
    const verdict = generator?.verdict ?? null;
    const overloaded = health.overloaded_seconds;
    const [figure, symbol, tone] = VERDICTS[verdict] ?? (health.judged_seconds ? (overloaded ? ["overloaded", "warn", ""] : ["kept up", "ok", ""]) : ["-", null, ""]);
    // Judged over the run where it can be, else each second by itself.
    const bad = verdict ? Math.round(Math.max(0, ...(generator.reasons ?? []).map((one) => one.seconds ?? 0))) : overloaded;
    return { name: "Generator", href: "#overview/chart-generator", values, figure, below: over && generator ? `CPU at most ${share(generator.busiest_thread)} · lag p99 ${time(generator.lag_seconds.p99)}` : `CPU ${share(health.busiest_thread)} · lag p99 ${time(health.lag_p99_seconds)}`, mark: symbol ? { tone, icon: symbol, words: `${count(bad)} of ${count(health.judged_seconds)} s` } : null };
  }
}

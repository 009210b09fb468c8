// Endpoints: which one is it. Worst first; a row opens to its course.

import { by, element, remake, svg } from "./dom.js";
import { bars, failed, failures, number, percentile, request } from "./figures.js";
import { clock, count, of, rate, time } from "./format.js";
import { ticks, times } from "./scale.js";
import { Sheet } from "./sheet.js";

/** What was seen of each endpoint on this page, at most so many seconds back. */
const RING = 600;
const OUTCOMES = [["ok", "ok"], ["expected", "expected"], ["unexpected", "unexpected"], ["error", "error"], ["cancelled", "cancelled"]];

export const legend = () => element("span", { class: "row small wide-only" }, ...OUTCOMES.map(([name, of]) => element("span", {}, svg("svg", { class: "swatch", "aria-hidden": "true" }, svg("rect", { class: `a-${of}`, width: 14, height: 10, rx: 1 })), ` ${name}`)));
const keyOf = (row) => `${row.method} ${row.name}`;

export class Endpoints {
  #seen = new Map();
  #last = null;

  constructor() {
    const place = by("endpoints");
    this.filter = element("input", { type: "search", placeholder: "Filter, e.g. users", "aria-label": "Filter endpoints" });
    this.failing = element("button", { type: "button", class: "low", "aria-pressed": "false", onclick: () => {
      this.failing.setAttribute("aria-pressed", String(this.failing.getAttribute("aria-pressed") !== "true"));
      this.#filter();
    } }, "only failing");
    this.filter.addEventListener("input", () => this.#filter());
    this.count = element("span", { class: "count" });
    const card = element("section", { class: "card" }, element("header", {}, element("h2", {}, "Endpoints"), this.count, this.filter, this.failing, element("span", { class: "right" }, legend())));
    place.append(card);
    const share = (row) => of(failed(row.requests), row.requests.total);
    this.table = new Sheet(card, [
      { name: "request", text: true, show: request, value: (row) => row.name },
      number("requests", (row) => row.requests.total, "wide"),
      { name: "now/s", only: "middle", value: (row) => row.now, show: (row) => rate(row.now) },
      { name: "mean/s", only: "wide", value: (row) => row.rate, show: (row) => rate(row.rate) },
      bars("outcomes", (row) => row.requests), failures(share),
      percentile("p50", (row) => row.latency_seconds[0], "wide"), percentile("p95", (row) => row.latency_seconds[1]), percentile("p99", (row) => row.latency_seconds[2], "middle"), percentile("max", (row) => row.max_seconds, "wide"),
    ], { label: "Endpoints", sort: "failed", key: keyOf, detail: (row, cell) => this.#detail(row, cell) });
  }

  #filter() {
    const words = this.filter.value.trim().toLowerCase();
    const failing = this.failing.getAttribute("aria-pressed") === "true";
    this.table.filter((row) => keyOf(row).toLowerCase().includes(words) && (!failing || failed(row.requests) > 0));
  }

  /** Counts what is new since the last state: what each endpoint does now. */
  note(run) {
    const { run: now, endpoints } = run.now;
    const seconds = this.#last === null ? 0 : now.elapsed_seconds - this.#last;
    if (this.#last !== null && seconds < 0) this.#seen.clear();
    if (this.#last !== null && seconds < 0.5) return;
    this.#last = now.elapsed_seconds;
    for (const row of endpoints) {
      const key = keyOf(row);
      const known = this.#seen.get(key) ?? { total: null, failed: 0, course: [] };
      if (known.total !== null && seconds > 0) known.course.push([now.elapsed_seconds, (row.requests.total - known.total) / seconds, (failed(row.requests) - known.failed) / seconds]);
      if (known.course.length > RING) known.course.shift();
      Object.assign(known, { total: row.requests.total, failed: failed(row.requests) });
      this.#seen.set(key, known);
    }
  }

  show(run) {
    this.run = run;
    const { endpoints, more_endpoints: more } = run.now;
    const rows = endpoints.map((row) => ({ ...row, now: run.over || run.frozen ? null : (this.#seen.get(keyOf(row))?.course.at(-1)?.[1] ?? null) }));
    remake(this.count, endpoints.length + more, () => [count(endpoints.length + more)]);
    this.table.show(rows, more ? `And ${count(more)} more; the summary lists all.` : "");
  }

  #detail(row, cell) {
    const course = this.#seen.get(keyOf(row))?.course ?? [];
    if (!cell.firstChild) cell.append(element("div", { class: "two" }, element("div", {}), element("div", {})));
    const [left, right] = cell.firstChild.children;
    const statuses = Object.entries(row.status ?? {}).sort(([, one], [, other]) => other - one);
    remake(right, [statuses, row.latency_seconds, row.max_seconds], () => [element("h3", {}, "Whole run"), element("dl", { class: "facts" },
      ...[["statuses", statuses.map(([status, times]) => `${status} × ${count(times)}`).join(", ") || "none"], ["p50, p95, p99", row.latency_seconds.map(time).join(", ")], ["slowest", time(row.max_seconds)]].flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
      ...(failed(row.requests) ? [element("dt", {}, "failures"), element("dd", {}, element("a", { href: "#failures" }, `${count(failed(row.requests))}, by reason`))] : []))]);
    remake(left, [course.length, course.at(-1)?.[0], left.clientWidth], () => [element("h3", {}, "Requests/s ", element("span", { class: "dim" }, course.length > 1 ? "since this page was opened; failures in red" : this.run.frozen ? "a report keeps the whole run's figures of each endpoint" : "the course is drawn from now on")),
      ...(course.length > 1 ? [small(course, Math.max(240, left.clientWidth - 8))] : [])]);
  }
}

/** Two lines over the time of the run that they cover. */
function small(course, width) {
  const [left, right, top, height] = [46, 8, 8, 84];
  const [from, to] = [course[0][0], course.at(-1)[0]];
  const { end, at } = ticks(Math.max(1, ...course.map(([, value]) => value)) * 1.02, 2);
  const x = (time) => left + ((time - from) / (to - from || 1)) * (width - left - right);
  const y = (value) => top + height - (value / end) * height;
  const path = (place) => course.map((one, order) => `${order ? "L" : "M"}${x(one[0]).toFixed(1)} ${y(one[place]).toFixed(1)}`).join("");
  return svg("svg", { width, height: top + height + 22, viewBox: `0 0 ${width} ${top + height + 22}`, role: "img", "aria-label": `Requests/s, last ${rate(course.at(-1)[1])}` },
    ...at.flatMap((value) => [svg("line", { class: value ? "grid" : "base", x1: left, x2: width - right, y1: y(value), y2: y(value) }), svg("text", { class: "axis", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, value ? rate(value).replace(/\.0+$/, "") : "0")]),
    ...times([from, to], width - left - right).map((time) => svg("text", { class: "axis", x: Math.min(x(time), width - right - 10), y: top + height + 16, "text-anchor": "middle" }, clock(time))),
    svg("path", { class: "l l-p95", d: path(1) }), svg("path", { class: "l l-dropped", d: path(2) }));
}

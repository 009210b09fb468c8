// What the charts show, all on one clock.

import { Chart } from "./chart.js";
import { count, rate, time } from "./format.js";
import { Heat } from "./heat.js";

const sum = (values) => values.reduce((one, other) => one + other, 0);
/** Users by the plan are a fraction between two whole ones. */
const users = (value) => count(value === null ? null : Math.round(value));
/** The n-th of `of` types: steps of one hue, so that they are not read as outcomes. */
const shade = (place, of) => `color-mix(in srgb, var(--accent) ${Math.round(100 - (75 * place) / Math.max(3, of - 1))}%, var(--card))`;

/** Users by type, and who is away, on each other; what the plan wants is a line over them. */
function crowd(points) {
  const names = [...new Set(points.flatMap((point) => Object.keys(point.users)))];
  const series = names.map((name, place) => ({ name, color: shade(place, names.length), values: points.map((point) => point.users[name] ?? 0), stack: "users" }));
  if (points.some((point) => point.away > 0)) series.push({ name: "away", color: "var(--away)", values: points.map((point) => point.away), stack: "users" });
  const planned = points.map((point) => point.planned_users ?? null);
  if (planned.some((value) => value !== null)) series.push({ name: "planned", color: "var(--ink)", values: planned, dash: [5, 4] });
  return series;
}

/** Of an open crowd: who comes, who finds no place, and what the plan wants. */
function arrivals(points) {
  if (points.every((point) => !point.arrivals)) return [];
  const each = (key) => points.map((point) => (point.seconds < 0.5 || !point.arrivals ? null : point.arrivals[key] / point.seconds));
  return [
    { name: "arrivals", color: "var(--accent)", values: each("total") },
    { name: "dropped", color: "var(--bad)", values: each("dropped"), dash: [2, 2] },
    { name: "planned", color: "var(--ink)", values: points.map((point) => point.arrivals?.planned ?? null), dash: [5, 4] },
  ];
}

// In the order in which they come: ok, expected, unexpected, error, cancelled.
const OUTCOMES = [
  { name: "ok", color: "var(--ok)", stack: "answers" }, { name: "expected", color: "var(--expected)", stack: "answers" },
  { name: "unexpected", color: "var(--bad)", stack: "failures", lane: true }, { name: "error", color: "var(--error)", stack: "failures", lane: true },
  { name: "cancelled", color: "var(--dim)", stack: "failures", lane: true },
];

function outcomes(points) {
  // A few requests in some milliseconds would be thousands a second.
  const each = (point, place) => (point.seconds < 0.5 ? null : sum(Object.values(point.outcomes).map((counts) => counts[place])) / point.seconds);
  return OUTCOMES.map((one, place) => ({ ...one, values: points.map((point) => each(point, place)) }));
}

const PERCENTILES = [
  { name: "p50", color: "var(--dim)", width: 1.5 },
  { name: "p95", color: "var(--accent)", width: 2 },
  { name: "p99", color: "var(--accent)", width: 1, dash: [3, 3] },
];
const percentiles = (key) => (points) => PERCENTILES.map((one, place) => ({ ...one, values: points.map((point) => point[key][place]) }));

const health = (points) => [
  { name: "CPU, % of a core", color: "var(--ink)", values: points.map((point) => (point.cpu === null ? null : point.cpu * 100)), show: rate },
  { name: "scheduler lag", color: "var(--warn)", values: points.map((point) => point.lag_seconds), lane: true, show: time },
];

export class Charts {
  constructor(place) {
    this.all = [
      new Chart(place, "Users", crowd, users, { stepped: true, note: "by type" }),
      new Chart(place, "Requests/s", outcomes, rate, { lane: "failures/s", note: "by outcome" }),
      new Chart(place, "Arrivals/s", arrivals, rate, { note: "of sessions" }),
      new Chart(place, "Service time", percentiles("latency_seconds"), time),
      new Chart(place, "Response time", percentiles("response_latency_seconds"), time, { note: "incl. queueing" }),
    ];
    this.all.push(new Heat(place));
    this.all.push(new Chart(place, "Load generator", health, rate, { lane: "scheduler lag" }));
    new ResizeObserver(() => this.#resized()).observe(place);
  }

  draw(points, events, incidents) {
    this.drawn = [points, events, incidents];
    for (const chart of this.all) chart.draw(...this.drawn);
  }

  /** Colours of the axes are drawn, so another theme draws them anew. */
  anew() {
    for (const chart of this.all) chart.resize?.(true);
    if (this.drawn) this.draw(...this.drawn);
  }

  #resized() {
    for (const chart of this.all) chart.resize?.(false);
    if (this.drawn) for (const chart of this.all) if (chart instanceof Heat) chart.draw(...this.drawn);
  }
}

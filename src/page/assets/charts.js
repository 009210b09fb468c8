// The charts, all on one clock.

import { element } from "./dom.js";
import { NONE, clock, count, rate, time } from "./format.js";

const COLORS = ["#3b7ddd", "#2e9e6b", "#c77b1a", "#8d5bd6", "#d1477a", "#3a9fb5", "#8a8f2a", "#b5533c"];
const OUTCOMES = [["ok", "#2e9e6b"], ["expected", "#3b7ddd"], ["unexpected", "#c9382c"], ["error", "#c77b1a"], ["cancelled", "#808895"]];
// Lines are told apart by their form too: not every eye sees every colour.
const FORMS = [[], [7, 3], [2, 2], [10, 3, 2, 3], [4, 4], [12, 2]];
/** Between two times on the axis, in seconds. */
const SPANS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const HEIGHT = 170;
const MARKED = { reload: "#8d5bd6", canary: "#8d5bd6", rollback: "#c77b1a", promote: "#8d5bd6", refused: "#c9382c", set: "#3a9fb5", pause: "#808895", resume: "#808895", valve: "#c9382c", breaker: "#c77b1a", stop: "#808895" };

const BAND = "#c9382c22";

/** Every span in which an incident held; one that still does reaches to the end of the chart. */
function spans(incidents, end) {
  return (incidents ?? []).flatMap(({ name, held }) => held.map(({ from_seconds: from, to_seconds: to }) => ({ name, from, to: to ?? end })));
}

/** `light-dark()` is resolved by a real property only. */
function ink(name) {
  const probe = document.body.appendChild(element("i", { class: name }));
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

/** The place of the newest point that has a value at all; null where there is no point. */
function newest(points, series) {
  for (let place = points - 1; place > 0; place -= 1) if (series.some(([, , values]) => (values[place] ?? null) !== null)) return place;
  return points > 0 ? points - 1 : null;
}

class Chart {
  #plot;
  #newest = null;
  #names = "";

  /** `series(points)`: [name, color, values]; `show` writes a value. */
  constructor(place, title, series, show, { stepped = false } = {}) {
    this.card = element("figure", { class: "card chart", role: "img" });
    this.card.style.margin = "0";
    this.title = title;
    this.series = series;
    this.show = show;
    this.stepped = stepped;
    this.inside = element("div");
    this.card.append(element("h2", {}, title), this.inside);
    place.append(this.card);
  }

  draw(points, events, incidents) {
    this.events = events;
    this.incidents = incidents;
    const series = this.series(points);
    const data = [points.map((point) => point.at_seconds), ...series.map(([, , values]) => values)];
    const names = series.map(([name]) => name).join("\n");
    // First: the plot asks for the legend while it takes the data.
    this.#newest = newest(points.length, series);
    if (!this.#plot || names !== this.#names) this.#make(series, data);
    else this.#plot.setData(data);
    this.#legend(this.#plot);
    this.#names = names;
    const told = series.map(([name, , values]) => `${name} ${this.show(values[this.#newest] ?? null)}`).join(", ");
    this.card.setAttribute("aria-label", `${this.title}: ${told || "nothing yet"}`);
  }

  /** The newest values, unless somebody points at others: when the pointer leaves, nothing may come any more to draw anew. */
  #legend(plot) {
    if (plot.cursor.left === undefined || plot.cursor.left < 0) plot.setLegend({ idx: this.#newest });
  }

  #make(series, data) {
    this.#plot?.destroy();
    const axis = { stroke: ink("dim"), grid: { stroke: "#8883", width: 1 }, ticks: { stroke: "#8885", width: 1 }, font: "11px system-ui" };
    const path = this.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined;
    const options = {
      width: this.#width(), height: HEIGHT, legend: { live: true },
      cursor: { sync: { key: "throng" }, y: false },
      scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.08] } },
      axes: [{ ...axis, incrs: SPANS, values: (_, all) => all.map(clock) }, { ...axis, size: 64, values: (_, all) => all.map((value) => this.show(value)) }],
      series: [
        { label: "at", value: (_, value) => (value === null ? NONE : clock(value)) },
        ...series.map(([label, stroke], index) => ({ label, stroke, dash: FORMS[index % FORMS.length], width: 1.5, paths: path, points: { show: false }, value: (_, value) => this.show(value) })),
      ],
      hooks: { draw: [(plot) => this.#mark(plot)], setCursor: [(plot) => this.#legend(plot)] },
    };
    this.#plot = new uPlot(options, data, this.inside);
  }

  /** Incidents as bands with their names, what was done to the run as lines. */
  #mark({ ctx, valToPos, bbox, scales }) {
    ctx.save();
    ctx.font = `${11 * (window.devicePixelRatio || 1)}px system-ui`;
    ctx.textBaseline = "top";
    for (const { name, from, to } of spans(this.incidents, scales.x.max)) {
      if (to < scales.x.min || from > scales.x.max) continue;
      const [left, right] = [Math.max(from, scales.x.min), Math.min(to, scales.x.max)].map((at) => Math.round(valToPos.call(this.#plot, at, "x", true)));
      ctx.fillStyle = BAND;
      ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
      ctx.fillStyle = MARKED.refused;
      if (ctx.measureText(name).width < Math.max(right - left, bbox.left + bbox.width - left)) ctx.fillText(name, left + 4, bbox.top + 3);
    }
    ctx.setLineDash([3, 3]);
    for (const { at_seconds: at, what } of this.events ?? []) {
      if (!(what in MARKED) || at < scales.x.min || at > scales.x.max) continue;
      const x = Math.round(valToPos.call(this.#plot, at, "x", true));
      ctx.strokeStyle = MARKED[what];
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }

  #width() {
    return Math.max(200, this.card.clientWidth - 26);
  }

  resize(anew) {
    if (!this.#plot) return;
    if (anew) this.#names = "\u0000";
    else this.#plot.setSize({ width: this.#width(), height: HEIGHT });
  }
}

/** Service times: when on the one axis, how long on the other, how many as darkness. */
class Heat {
  constructor(place) {
    this.canvas = element("canvas", { class: "heat" });
    this.card = element("figure", { class: "card chart", role: "img" }, element("h2", {}, "Service time, heat map"), this.canvas);
    this.card.style.margin = "0";
    place.append(this.card);
  }

  draw(points, incidents) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!width || points.length === 0) return;
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    const ctx = this.canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    const cells = points.flatMap((point) => point.heat.map(([edge]) => edge));
    if (cells.length === 0) return;
    const octave = (seconds) => Math.log2(Math.max(seconds, 1e-6));
    const [low, high] = [Math.min(...new Set(cells)), Math.max(...new Set(cells))].map(octave);
    const [left, bottom] = [64, height - 20];
    const tall = bottom / (high - low + 0.5);
    const [from, to] = [Math.max(0, points[0].at_seconds - points[0].seconds), points.at(-1).at_seconds];
    const x = (at) => left + ((at - from) / (to - from || 1)) * (width - left - 4);
    const y = (seconds) => bottom - (octave(seconds) - low) * tall;
    const most = Math.max(...points.map((point) => Math.max(0, ...point.heat.map(([, many]) => many / point.seconds))));
    for (const point of points) {
      const [start, end] = [x(point.at_seconds - point.seconds), x(point.at_seconds)];
      for (const [edge, many] of point.heat) {
        ctx.fillStyle = `rgb(59 125 221 / ${0.12 + 0.88 * Math.sqrt(many / point.seconds / most)})`;
        ctx.fillRect(start, y(edge) - tall / 4, Math.max(1, end - start + 0.5), tall / 4 + 0.5);
      }
    }
    ctx.fillStyle = BAND;
    for (const span of spans(incidents, to)) {
      if (span.to < from || span.from > to) continue;
      const start = x(Math.max(span.from, from));
      ctx.fillRect(start, 0, Math.max(2, x(Math.min(span.to, to)) - start), bottom);
    }
    ctx.fillStyle = ink("dim");
    ctx.font = "11px system-ui";
    ctx.textAlign = "right";
    const labels = Math.max(1, Math.ceil((high - low) / 5));
    for (let power = Math.ceil(low); power <= high; power += labels) ctx.fillText(time(2 ** power), left - 6, y(2 ** power) + 3);
    ctx.textAlign = "left";
    ctx.fillText(clock(from), left, height - 4);
    ctx.textAlign = "right";
    ctx.fillText(clock(to), width - 4, height - 4);
    this.card.setAttribute("aria-label", `Service times from ${time(2 ** low)} to ${time(2 ** high)}, most often ${time(commonest(points))}`);
  }
}

function commonest(points) {
  const sums = new Map();
  for (const point of points) for (const [edge, many] of point.heat) sums.set(edge, (sums.get(edge) ?? 0) + many);
  return [...sums].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
}

const PERCENTILES = [["p50", COLORS[0]], ["p95", COLORS[2]], ["p99", COLORS[4]]];
const percentiles = (key) => (points) => PERCENTILES.map(([name, color], place) => [name, color, points.map((point) => point[key][place])]);
const sum = (values) => values.reduce((one, other) => one + other, 0);

function types(points) {
  const names = [...new Set(points.flatMap((point) => Object.keys(point.users)))];
  const lines = names.map((name, place) => [name, COLORS[place % COLORS.length], points.map((point) => point.users[name] ?? 0)]);
  const planned = points.map((point) => point.planned_users ?? null);
  if (planned.every((users) => users === null)) return lines;
  const all = points.map((point) => sum(Object.values(point.users)));
  return [["planned", "#808895", planned], ["all", COLORS[4], all], ...lines];
}

function outcomes(points) {
  // A few requests in some milliseconds would be thousands a second.
  const each = (point, place) => (point.seconds < 0.5 ? null : sum(Object.values(point.outcomes).map((counts) => counts[place])) / point.seconds);
  return OUTCOMES.map(([name, color], place) => [name, color, points.map((point) => each(point, place))]);
}

const health = (points) => [["scheduler lag, ms", COLORS[4], points.map((point) => point.lag_seconds * 1e3)], ["CPU, % of a core", COLORS[0], points.map((point) => (point.cpu === null ? null : point.cpu * 100))]];

export class Charts {
  constructor(place) {
    this.all = [
      new Chart(place, "Users", types, count, { stepped: true }),
      new Chart(place, "Requests/s, by outcome", outcomes, rate),
      new Chart(place, "Service time", percentiles("latency_seconds"), time),
      new Chart(place, "Response time", percentiles("response_latency_seconds"), time),
    ];
    this.heat = new Heat(place);
    this.all.push(new Chart(place, "Load generator", health, rate));
    new ResizeObserver(() => this.#resized()).observe(place);
  }

  draw(points, events, incidents) {
    [this.points, this.events, this.incidents] = [points, events, incidents];
    for (const chart of this.all) chart.draw(points, events, incidents);
    this.heat.draw(points, incidents);
  }

  /** Colours of the axes are drawn, so another theme draws them anew. */
  anew() {
    for (const chart of this.all) chart.resize(true);
    if (this.points) this.draw(this.points, this.events, this.incidents);
  }

  #resized() {
    for (const chart of this.all) chart.resize(false);
    if (this.points) this.heat.draw(this.points, this.incidents);
  }
}

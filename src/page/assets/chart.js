// One chart over the run's time: areas on each other, lines over them, and a lane of its own scale below.

import { NAMES, color, drawMarks, drawNights, holding, nights } from "./bands.js";
import { element } from "./dom.js";
import { NONE, clock } from "./format.js";

/** Between two times on the axis, in seconds. */
const SPANS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const HEIGHT = 212;
/** Of a chart with a lane: how much of the plot that is, its gap included. */
const LANE = 0.28;
/** Left of every plot and right of it, so that all charts are on one clock; the heat map keeps to them too. */
export const [LEFT, RIGHT] = [64, 8];

/** The place of the newest point that has a value at all; null where there is no point. */
function newest(points, series) {
  for (let place = points - 1; place > 0; place -= 1) if (series.some(({ values }) => (values[place] ?? null) !== null)) return place;
  return points > 0 ? points - 1 : null;
}

/** Areas and bars become sums with what is beneath them; the highest is drawn first, so that the others cover it. */
function stacked(series) {
  const sums = new Map();
  const drawn = series.map((of, order) => {
    const one = { ...of, order };
    if (!one.stack) return { ...one, drawn: one.values };
    const below = sums.get(one.stack) ?? [];
    const upTo = one.values.map((value, place) => (value === null ? null : value + (below[place] ?? 0)));
    sums.set(one.stack, upTo);
    return { ...one, drawn: upTo };
  });
  return [...drawn.filter((one) => one.stack).reverse(), ...drawn.filter((one) => !one.stack)];
}

export class Chart {
  #plot;
  #newest = null;
  #names = "";
  #shown = [];

  /**
   * `series(points)`: { name, color, values, stack, lane, dash, width, show }, where values of one `stack` are areas (bars in the lane) on each
   * other; without any the chart is hidden. `lane` is the name of the lane; `show` writes a value.
   */
  constructor(place, title, series, show, { stepped = false, lane = null, note = "" } = {}) {
    Object.assign(this, { title, series, show, stepped, lane });
    this.card = element("figure", { class: "card chart", role: "img" });
    this.card.style.margin = "0";
    this.inside = element("div");
    this.card.append(element("h2", {}, title, note ? element("span", { class: "dim" }, ` ${note}`) : null), this.inside);
    place.append(this.card);
  }

  draw(points, events, incidents) {
    Object.assign(this, { events, incidents, nights: nights(points), first: points[0] });
    const series = stacked(this.series(points));
    this.card.hidden = points.length > 0 && series.length === 0;
    if (this.card.hidden) return;
    const data = [points.map((point) => point.at_seconds), ...series.map(({ drawn }) => drawn)];
    const names = series.map(({ name }) => name).join("\n");
    this.#shown = series;
    // First: the plot asks for the legend while it takes the data.
    this.#newest = newest(points.length, series);
    if (!this.#plot || names !== this.#names) this.#make(series, data);
    else this.#plot.setData(data);
    this.#legend(this.#plot);
    this.#names = names;
    const told = series.map((one) => `${one.name} ${this.#write(one, one.values[this.#newest] ?? null)}`).join(", ");
    this.card.setAttribute("aria-label", `${this.title}: ${told || "nothing yet"}${holding(incidents)}`);
  }

  #write = (one, value) => (one.show ?? this.show)(value);

  /** The newest values, unless somebody points at others: when the pointer leaves, nothing may come any more to draw anew. */
  #legend(plot) {
    if (plot.cursor.left === undefined || plot.cursor.left < 0) plot.setLegend({ idx: this.#newest });
  }

  #make(series, data) {
    this.#plot?.destroy();
    const axis = { stroke: color("var(--dim)"), grid: { stroke: "#8883", width: 1 }, ticks: { stroke: "#8885", width: 1 }, font: "11px system-ui" };
    const above = (high) => (high || 1) * 1.08;
    // The lane lies below zero of the one scale, and fills the lowest part of its own.
    const scales = {
      // From the beginning of the first point on, unless someone has chosen a part.
      x: { time: false, range: (_, low, high) => [low === this.first?.at_seconds ? Math.max(0, low - this.first.seconds) : low, high] },
      y: { range: (_, low, high) => (this.lane ? [(-above(high) * LANE) / (1 - LANE), above(high)] : [Math.min(0, low ?? 0), above(high)]) },
      lane: { range: (_, low, high) => [0, above(high) / (LANE * 0.72)] },
    };
    const options = {
      width: this.#width(), height: HEIGHT, padding: [NAMES + 4, RIGHT, 0, 0], legend: { live: true },
      cursor: { sync: { key: "throng" }, y: false },
      scales,
      axes: [
        { ...axis, size: 30, incrs: SPANS, values: (_, all) => all.map(clock) },
        { ...axis, size: LEFT, filter: (_, all) => all.map((value) => (value < 0 ? null : value)), values: (_, all) => all.map((value) => (value === null ? "" : this.show(value))) },
      ],
      series: [{ label: "at", value: (_, value) => (value === null ? NONE : clock(value)) }, ...series.map((one, place) => this.#drawn(one, place))],
      hooks: {
        drawClear: [(plot) => drawNights(this.#place(plot), this.nights)],
        draw: [(plot) => this.#mark(plot)],
        setCursor: [(plot) => this.#legend(plot)],
      },
    };
    this.#plot = new uPlot(options, data, this.inside);
    // Told in their own order, not in that of drawing; first comes the time.
    const rows = [...this.inside.querySelectorAll(".u-legend .u-series")];
    for (const [place, row] of rows.entries()) row.style.order = place === 0 ? -1 : series[place - 1].order;
  }

  /** One series as uPlot has it. */
  #drawn(one, place) {
    const stroke = color(one.color);
    const bars = one.stack && one.lane;
    const paths = bars ? uPlot.paths.bars({ size: [0.9, 14] }) : this.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined;
    return {
      label: one.name, scale: one.lane ? "lane" : "y", stroke: one.stack && !bars ? color("var(--card)") : stroke, fill: one.stack ? stroke : undefined, dash: one.dash,
      width: one.stack ? (bars ? 0 : 1) : (one.width ?? 1.5), paths, points: { show: false },
      value: (_, __, ___, index) => this.#write(one, index === null ? null : (this.#shown[place]?.values[index] ?? null)),
    };
  }

  #place({ ctx, valToPos, bbox, scales }) {
    const x = (at) => Math.round(valToPos.call(this.#plot, at, "x", true));
    return { ctx, box: [bbox.left, bbox.top, bbox.width, bbox.height], from: scales.x.min, to: scales.x.max, x, ratio: window.devicePixelRatio || 1 };
  }

  #mark(plot) {
    const place = this.#place(plot);
    if (this.lane) this.#nameLane(plot, place);
    drawMarks(place, this.nights, this.incidents, this.events);
  }

  /** The lane's name, its zero and its greatest value. */
  #nameLane(plot, { ctx, box: [left, top, , height], ratio }) {
    const most = Math.max(0, ...this.#shown.filter((one) => one.lane).flatMap(({ drawn }) => drawn.filter((value) => value !== null)));
    const show = this.#shown.find((one) => one.lane)?.show ?? this.show;
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui`;
    ctx.fillStyle = color("var(--dim)");
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    ctx.fillText(this.lane, left + 4 * ratio, top + height * (1 - LANE) + 3 * ratio);
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const value of most > 0 ? [0, most] : [0]) ctx.fillText(show(value), left - 8 * ratio, plot.valToPos(value, "lane", true));
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

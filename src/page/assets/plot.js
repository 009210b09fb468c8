// One chart: lanes below each other over the run's time, each with an axis of its own from zero; areas, lines and bars in them.

import { drawBands, drawMarks, holding } from "./bands.js";
import { element, say, svg } from "./dom.js";
import { clock, wall } from "./format.js";
import { ticks, times } from "./scale.js";

/** Left of every plot, right of it, above for marks, below for the time, between two lanes: all charts are on one clock. */
export const [LEFT, RIGHT, TOP, BOTTOM, GAP] = [52, 8, 20, 22, 14];
const BAR_PX = 4;

/** Sums of the values with those beneath them. */
export function stacked(layers) {
  let below = null;
  return layers.map((layer) => {
    const low = below ?? layer.values.map(() => 0);
    below = layer.values.map((value, place) => (value === null ? null : value + (low[place] ?? 0)));
    return { ...layer, kind: "area", low, values: below };
  });
}

export class Plot {
  /**
   * `spec`: { id, title, note, lanes(run), legend(run), at(run, place) }. A lane: { share, layers, show, unit, limit, least, fixed }; a layer:
   * { kind: "area" | "line" | "bars", class, values, low, stepped, set }. Without lanes the chart is hidden.
   */
  constructor(place, spec, group) {
    Object.assign(this, { spec, group });
    this.when = element("span", { class: "when" });
    this.host = element("div", { class: "plot", tabindex: "0", role: "group" });
    this.legend = element("ul", { class: "legend" });
    const { title, note, tools = [] } = spec;
    this.card = element("figure", { class: "card chart", id: `chart-${spec.id}` },
      element("header", {}, element("h2", {}, title), note ? element("span", { class: "dim wide-only" }, note) : null, element("span", { class: "right" }, ...tools, this.when)), this.host, this.legend);
    place.append(this.card);
    group.add(this);
  }

  draw(run) {
    this.run = run;
    const lanes = this.spec.lanes(run);
    this.card.hidden = run.points.length > 0 && lanes.length === 0;
    if (this.card.hidden || !this.card.offsetParent && !run.printing) return;
    const width = Math.max(220, this.host.clientWidth - 16);
    const height = this.group.height();
    const [from, to] = run.view();
    const box = { left: LEFT, right: width - RIGHT, top: TOP, bottom: TOP + height, from, to };
    box.x = (at) => LEFT + ((at - from) / (to - from || 1)) * (box.right - LEFT);
    this.box = box;
    const clip = `clip-${this.spec.id}`;
    const content = [svg("clipPath", { id: clip }, svg("rect", { x: LEFT, y: 0, width: box.right - LEFT, height: box.bottom + 1 })), ...drawBands(run.bands(), box)];
    const free = height - GAP * (lanes.length - 1);
    let top = TOP;
    for (const lane of lanes) {
      const tall = free * lane.share;
      content.push(...this.#lane(lane, { ...box, top, bottom: top + tall }, clip));
      top += tall + GAP;
    }
    content.push(...this.#time(box), ...drawMarks(run.marks(), box));
    this.cross = svg("line", { class: "cross", y1: TOP, y2: box.bottom, visibility: "hidden" });
    this.choice = svg("rect", { class: "choice", y: TOP, height, width: 0 });
    this.svg = svg("svg", { height: box.bottom + BOTTOM, viewBox: `0 0 ${width} ${box.bottom + BOTTOM}` }, ...content, this.choice, this.cross);
    const marked = this.host.contains(document.activeElement) && document.activeElement.closest?.(".mark")?.getAttribute("href");
    this.host.replaceChildren(this.svg);
    if (marked) this.host.querySelector(`.mark[href="${marked}"]`)?.focus();
    this.point(this.group.at);
  }

  #lane(lane, box, clip) {
    const { run } = this;
    const [first, last] = run.visible();
    const most = lane.fixed ?? Math.max(lane.least ?? 0, lane.limit?.value ?? 0, ...lane.layers.map((layer) => greatest(layer, first, last)));
    const tall = box.bottom - box.top;
    const { end, at } = lane.fixed ? { end: lane.fixed, at: [0, lane.fixed] } : ticks(most || 1, tall > 300 ? 8 : tall > 100 ? 4 : tall > 60 ? 2 : 1);
    const y = (value) => box.bottom - (Math.min(value, end * 1.2) / end) * tall;
    const parts = at.flatMap((value) => {
      const level = Math.round(y(value)) + 0.5;
      return [svg("line", { class: value ? "grid" : "base", x1: box.left, x2: box.right, y1: level, y2: level }), svg("text", { x: box.left - 6, y: level + 4, "text-anchor": "end" }, value ? lane.show(value) : "0")];
    });
    const x = (place) => box.x(run.points[place].at_seconds);
    const drawn = lane.layers.flatMap((layer) => draw(layer, { run, first, last, x, y, box }));
    parts.push(svg("g", { "clip-path": `url(#${clip})` }, ...drawn));
    if (lane.limit) {
      const level = Math.round(y(lane.limit.value)) + 0.5;
      parts.push(svg("line", { class: "limit", x1: box.left, x2: box.right, y1: level, y2: level }), svg("text", { class: "on", x: box.right - 4, y: level - box.top < 16 ? level + 13 : level - 5, "text-anchor": "end" }, lane.limit.words));
    }
    if (lane.unit) parts.push(svg("text", { class: "on", x: box.left + 4, y: box.top + (lane.fixed ? 26 : 10) }, lane.unit));
    return parts;
  }

  #time({ x, left, right, bottom, from, to }) {
    return times([from, to], right - left).flatMap((at) => [
      svg("line", { class: "base", x1: x(at), x2: x(at), y1: bottom, y2: bottom + 4 }),
      svg("text", { x: Math.min(x(at), right - 10), y: bottom + 16, "text-anchor": "middle" }, clock(at)),
    ]);
  }

  /** Reads the chart at this place of the points; null: at the newest. */
  point(place) {
    const { run, spec, box } = this;
    if (!run || !box) return;
    const pointed = place !== null && run.points[place] !== undefined;
    const read = pointed ? place : run.newest();
    this.cross?.setAttribute("visibility", pointed ? "visible" : "hidden");
    if (pointed) for (const name of ["x1", "x2"]) this.cross?.setAttribute(name, box.x(run.points[place].at_seconds));
    const shown = pointed || !run.over;
    const rows = spec.legend(run, read);
    while (this.legend.children.length > rows.length) this.legend.lastChild.remove();
    for (const [order, row] of rows.entries()) {
      const item = this.legend.children[order] ?? this.legend.appendChild(element("li", {}, element("span", {}), element("span", {}), element("b", {})));
      if (item.dataset.of !== row.class + row.kind) {
        item.dataset.of = row.class + row.kind;
        item.firstChild.replaceChildren(swatch(row));
      }
      say(item.children[1], row.name);
      say(item.lastChild, (shown || row.fixed) && read !== null ? (row.value ?? "") : "");
    }
    const total = spec.total && shown && read !== null ? `${spec.total(run, read)} · ` : "";
    say(this.when, pointed ? `${total}${clock(run.points[place].at_seconds)}${wall(run.points[place].wall_seconds)}` : run.over ? "" : `${total}now`);
    const words = rows.filter((row) => row.value).map((row) => `${row.name} ${row.value}`).join(", ");
    this.host.setAttribute("aria-label", `${spec.title}: ${words || "nothing yet"}${holding(run.now?.run.incidents)}. Arrow keys read it at a time.`);
  }
}

export function swatch({ class: name, kind }) {
  const shape = kind === "line" ? svg("path", { class: `l ${name}`, d: "M0 5H14" }) : kind === "none" ? null : svg("rect", { class: name, width: 14, height: 10, rx: 1 });
  return kind === "none" ? "" : svg("svg", { class: "swatch", "aria-hidden": "true" }, shape);
}

function greatest(layer, first, last) {
  let most = 0;
  const all = layer.set ? layer.set.map((one) => one.values) : [layer.values];
  for (let place = first; place <= last; place += 1) most = Math.max(most, all.reduce((sum, values) => sum + (values[place] ?? 0), 0));
  return most;
}

/** Pieces of a line without gaps: where a value is missing there is none. */
function pieces(values, first, last, point, stepped) {
  let [path, pen, before] = ["", false, null];
  for (let place = first; place <= last; place += 1) {
    const value = values[place] ?? null;
    if (value === null) pen = false;
    else {
      const [x, y] = point(place, value);
      path += `${stepped && pen ? `L${x} ${before}` : ""}${pen ? "L" : "M"}${x} ${y}`;
      [pen, before] = [true, y];
    }
  }
  return path;
}

function draw(layer, { run, first, last, x, y, box }) {
  const point = (place, value) => [x(place).toFixed(1), y(value).toFixed(1)];
  if (layer.kind === "line") return [svg("path", { class: `l ${layer.class}`, d: pieces(layer.values, first, last, point, layer.stepped) })];
  if (layer.kind === "bars") return bars(layer, { run, first, last, y, box });
  const there = layer.values.map((value) => value !== null);
  const areas = [];
  for (let from = first; from <= last; from += 1) {
    if (!there[from]) continue;
    let to = from;
    while (to < last && there[to + 1]) to += 1;
    const up = pieces(layer.values, from, to, point, layer.stepped);
    let down = "";
    for (let place = to; place >= from; place -= 1) {
      const [at, level] = point(place, layer.low[place] ?? 0);
      if (layer.stepped && place < to) down += `L${x(place + 1).toFixed(1)} ${level}`;
      down += `L${at} ${level}`;
    }
    areas.push(up + down + "Z");
    from = to;
  }
  const edge = layer.stepped ? "stepped" : "";
  return [svg("path", { class: `${layer.class} ${edge}`, d: areas.join("") })];
}

/** Bars on each other; several points make one where they are closer than a bar is wide. */
function bars({ set }, { run, first, last, y, box }) {
  const { points } = run;
  const per = Math.max(1, Math.ceil((BAR_PX * (last - first + 1)) / (box.right - box.left)));
  const paths = set.map(() => "");
  for (let from = first; from <= last; from += per) {
    const to = Math.min(last, from + per - 1);
    const [start, end] = [box.x(points[from].at_seconds - points[from].seconds), box.x(points[to].at_seconds)];
    let base = 0;
    for (const [place, { values }] of set.entries()) {
      const part = values.slice(from, to + 1).filter((value) => value !== null);
      const value = part.reduce((sum, one) => sum + one, 0) / (part.length || 1);
      if (value <= 0) continue;
      const [low, high] = [y(base), Math.min(y(base) - 1, y(base + value))];
      paths[place] += `M${start.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}H${Math.max(start + 1.5, end - 1).toFixed(1)}V${low.toFixed(1)}Z`;
      base += value;
    }
  }
  return set.map((one, place) => svg("path", { class: one.class, d: paths[place] }));
}

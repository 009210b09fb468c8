// Service times: when on the one axis, how long on the other in steps of 1, 2 and 5, their share of the moment's requests as darkness.

import { drawBands, drawMarks, holding } from "./bands.js";
import { element, say, svg } from "./dom.js";
import { clock, share, time, wall } from "./format.js";
import { BOTTOM, LEFT, RIGHT, TOP, swatch } from "./plot.js";
import { divided, rows, times } from "./scale.js";

/** Shares from which a cell is darker. */
const STEPS = [0.02, 0.08, 0.2, 0.35];
const NAMES = ["under 2 %", "2–8", "8–20", "20–35", "over 35 %"];
const COLUMNS = 120;
const level = (part) => 1 + STEPS.filter((step) => part >= step).length;
const short = (seconds) => time(seconds).replace(/\.0+ /, " ");

/** The line of a threshold, where it lies within the rows. */
function limited({ value, rule }, scale, tall, { left, right, bottom }) {
  const row = scale.findLastIndex((edge) => edge <= value);
  if (row < 0 || row >= scale.length - 1) return [];
  const y = Math.round(bottom - (row + (value - scale[row]) / (scale[row + 1] - scale[row])) * tall) + 0.5;
  return [svg("line", { class: "limit", x1: left, x2: right, y1: y, y2: y }), svg("text", { class: "on", x: right - 4, y: y - 4, "text-anchor": "end" }, `limit ${rule.rule.split(" ")[0]} ${short(value)}`)];
}

export class Heat {
  /** `limit(run)`: a threshold of service times, where there is one. */
  constructor(place, group, limit) {
    Object.assign(this, { group, limit });
    this.when = element("span", { class: "when" });
    this.host = element("div", { class: "plot", tabindex: "0", role: "group" });
    this.card = element("figure", { class: "card chart", id: "chart-spread" },
      element("header", {}, element("h2", {}, "Service time, spread"), element("span", { class: "dim wide-only" }, "share of each moment's requests"), element("span", { class: "right" }, this.when)), this.host,
      element("ul", { class: "legend" }, element("li", {}, "share"), ...NAMES.map((name, place) => element("li", {}, swatch({ class: `s${place + 1}` }), name))));
    place.append(this.card);
    group.add(this);
  }

  draw(run) {
    this.run = run;
    if (!this.card.offsetParent && !run.printing) return;
    const [width, height] = [Math.max(220, this.host.clientWidth - 16), this.group.height()];
    const [from, to] = run.view();
    const box = { left: LEFT, right: width - RIGHT, top: TOP, bottom: TOP + height, from, to };
    box.x = (at) => LEFT + ((at - from) / (to - from || 1)) * (box.right - LEFT);
    this.box = box;
    const [first, last] = run.visible();
    const shown = run.points.slice(first, last + 1);
    const edges = shown.flatMap((point) => point.heat.map(([edge]) => edge)).filter((edge) => edge > 0);
    const scale = edges.length ? rows(edges.reduce((one, other) => Math.min(one, other)), edges.reduce((one, other) => Math.max(one, other)) * 1.25) : [0.001, 0.01, 0.1];
    const tall = height / (scale.length - 1);
    const every = Math.ceil(scale.length / Math.max(2, height / 15));
    const content = [svg("clipPath", { id: "clip-spread" }, svg("rect", { x: LEFT, y: 0, width: box.right - LEFT, height: box.bottom })), ...drawBands(run.bands(), box)];
    scale.forEach((edge, row) => row % every === 0 && content.push(svg("text", { x: LEFT - 6, y: box.bottom - row * tall + 4, "text-anchor": "end" }, short(edge))));
    const found = this.limit(run);
    content.push(svg("g", { "clip-path": "url(#clip-spread)" }, ...this.#cells(shown, scale, tall)), svg("line", { class: "base", x1: LEFT, x2: box.right, y1: box.bottom, y2: box.bottom }));
    for (const at of times([from, to], box.right - LEFT)) content.push(svg("line", { class: "base", x1: box.x(at), x2: box.x(at), y1: box.bottom, y2: box.bottom + 4 }), svg("text", { x: Math.min(box.x(at), box.right - 10), y: box.bottom + 16, "text-anchor": "middle" }, clock(at)));
    if (found) content.push(...limited(found, scale, tall, box));
    content.push(...drawMarks(run.marks(), box));
    this.cross = svg("line", { class: "cross", y1: TOP, y2: box.bottom, visibility: "hidden" });
    this.choice = svg("rect", { class: "choice", y: TOP, height, width: 0 });
    this.host.replaceChildren(svg("svg", { height: box.bottom + BOTTOM, viewBox: `0 0 ${width} ${box.bottom + BOTTOM}` }, ...content, this.choice, this.cross));
    this.scale = scale;
    this.point(this.group.at);
  }

  /** A path for each darkness; neighbours of one darkness are one rectangle. */
  #cells(points, scale, tall) {
    const per = Math.max(1, Math.ceil(points.length / COLUMNS));
    const open = scale.map(() => null);
    const paths = NAMES.map(() => "");
    const { x, bottom } = this.box;
    const close = (row) => {
      const run = open[row];
      if (run) paths[run.level - 1] += `M${run.from.toFixed(1)} ${(bottom - (row + 1) * tall + 0.6).toFixed(1)}H${run.to.toFixed(1)}v${(tall - 0.6).toFixed(1)}H${run.from.toFixed(1)}z`;
      open[row] = null;
    };
    for (let place = 0; place < points.length; place += per) {
      const part = points.slice(place, place + per);
      const counts = divided(part.flatMap((point) => point.heat), scale);
      const all = counts.reduce((one, other) => one + other, 0);
      const [from, to] = [x(part[0].at_seconds - part[0].seconds), x(part.at(-1).at_seconds)];
      counts.forEach((many, row) => {
        const dark = all > 0 && many / all >= 0.004 ? level(many / all) : 0;
        const run = open[row];
        if (run && run.level === dark && from - run.to < 1) run.to = to;
        else {
          close(row);
          if (dark) open[row] = { level: dark, from, to };
        }
      });
    }
    scale.forEach((_, row) => close(row));
    return paths.map((path, place) => svg("path", { class: `s${place + 1}`, d: path }));
  }

  point(place) {
    const { run, box } = this;
    if (!run || !box) return;
    const point = place === null ? null : run.points[place];
    this.cross?.setAttribute("visibility", point ? "visible" : "hidden");
    if (point) for (const name of ["x1", "x2"]) this.cross?.setAttribute(name, box.x(point.at_seconds));
    const most = (one) => {
      const counts = divided(one.heat, this.scale);
      const all = counts.reduce((sum, many) => sum + many, 0);
      const row = counts.indexOf(Math.max(...counts));
      return all ? `most in ${short(this.scale[row])} to ${short(this.scale[row + 1])}, ${share(counts[row] / all)}` : "no answers";
    };
    say(this.when, point ? `${most(point)} · ${clock(point.at_seconds)}${wall(point.wall_seconds)}` : run.over ? "" : "now");
    const last = point ?? run.points.at(-1);
    this.host.setAttribute("aria-label", `Service time, spread: ${last ? most(last) : "nothing yet"}${holding(run.now?.run.incidents)}. Arrow keys read it at a time.`);
  }
}

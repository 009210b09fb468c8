// Service times: when on the one axis, how long on the other, how many as darkness.

import { NAMES, color, drawMarks, drawNights, holding, nights } from "./bands.js";
import { LEFT, RIGHT } from "./chart.js";
import { element } from "./dom.js";
import { clock, time } from "./format.js";

const octave = (seconds) => Math.log2(Math.max(seconds, 1e-6));

export class Heat {
  constructor(place) {
    this.canvas = element("canvas", { class: "heat" });
    this.card = element("figure", { class: "card chart", role: "img" }, element("h2", {}, "Service time, heat map"), this.canvas);
    this.card.style.margin = "0";
    place.append(this.card);
  }

  draw(points, events, incidents) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (!width || points.length === 0) return;
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    const ctx = this.canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    const cells = points.flatMap((point) => point.heat.map(([edge]) => edge));
    if (cells.length === 0) return;
    const [low, high] = [Math.min(...new Set(cells)), Math.max(...new Set(cells))].map(octave);
    const [left, top, bottom] = [LEFT, NAMES + 4, height - 20];
    const tall = (bottom - top) / (high - low + 0.5);
    const [from, to] = [Math.max(0, points[0].at_seconds - points[0].seconds), points.at(-1).at_seconds];
    const x = (at) => left + ((at - from) / (to - from || 1)) * (width - left - RIGHT);
    const y = (seconds) => bottom - (octave(seconds) - low) * tall;
    const most = Math.max(...points.map((point) => Math.max(0, ...point.heat.map(([, many]) => many / point.seconds))));
    const plot = { ctx, box: [left, top, width - left - RIGHT, bottom - top], from, to, x, ratio: 1 };
    const dark = nights(points);
    drawNights(plot, dark);
    for (const point of points) {
      const [start, end] = [x(point.at_seconds - point.seconds), x(point.at_seconds)];
      for (const [edge, many] of point.heat) {
        ctx.fillStyle = `rgb(97 85 214 / ${0.12 + 0.88 * Math.sqrt(many / point.seconds / most)})`;
        ctx.fillRect(start, y(edge) - tall / 4, Math.max(1, end - start + 0.5), tall / 4 + 0.5);
      }
    }
    drawMarks(plot, dark, incidents, events);
    ctx.fillStyle = color("var(--dim)");
    ctx.font = "11px system-ui";
    ctx.textAlign = "right";
    const labels = Math.max(1, Math.ceil((high - low) / 5));
    for (let power = Math.ceil(low); power <= high; power += labels) ctx.fillText(time(2 ** power), left - 6, y(2 ** power) + 3);
    ctx.textAlign = "left";
    ctx.fillText(clock(from), left, height - 4);
    ctx.textAlign = "right";
    ctx.fillText(clock(to), width - RIGHT, height - 4);
    this.card.setAttribute("aria-label", `Service times from ${time(2 ** low)} to ${time(2 ** high)}, most often ${time(commonest(points))}${holding(incidents)}`);
  }
}

function commonest(points) {
  const sums = new Map();
  for (const point of points) for (const [edge, many] of point.heat) sums.set(edge, (sums.get(edge) ?? 0) + many);
  return [...sums].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
}

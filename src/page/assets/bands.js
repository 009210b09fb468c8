// What lies behind every chart: nights of the plan's curve, incidents with their names, and marks of what was done to the run.

import { element } from "./dom.js";

/** Room above a plot for the names of bands, in CSS pixels. */
export const NAMES = 16;
const DAY = 86_400;
const [DAWN, DUSK] = [6 * 3600, 22 * 3600];
const MARKED = { reload: "#8d5bd6", canary: "#8d5bd6", rollback: "#c77b1a", promote: "#8d5bd6", refused: "#c9382c", set: "#3a9fb5", pause: "#808895", resume: "#808895", valve: "#c9382c", breaker: "#c77b1a", stop: "#808895" };

/** A colour of the style sheet as a canvas takes it: `light-dark()` and mixtures are resolved by a real property only. */
export function color(css) {
  const probe = document.body.appendChild(element("i"));
  probe.style.color = css;
  const { color: resolved } = getComputedStyle(probe);
  probe.remove();
  return resolved;
}

/** Every span in which an incident held; one that still does reaches to the end of the chart. */
function held(incidents, end) {
  return (incidents ?? []).flatMap(({ name, held: spans }) => spans.map(({ from_seconds: from, to_seconds: to }) => ({ name, from, to: to ?? end })));
}

/** The incidents that hold now, in words, for those who do not see the bands; nothing where there are none. */
export function holding(incidents) {
  const names = (incidents ?? []).filter((one) => one.until_seconds !== null).map(({ name }) => name);
  return names.length ? `; under way: ${names.join(", ")}` : "";
}

/** Spans from 22:00 to 6:00 by the clock of the curve; none where a point is more than a quarter of a day. */
export function nights(points) {
  const spans = [];
  let before = null;
  for (const { at_seconds: at, seconds, time_of_day_seconds: time } of points) {
    const is = (time ?? null) !== null;
    const step = is && before !== null ? (time - before + DAY) % DAY : 0;
    if (is && step < DAY / 4 && (time < DAWN || time >= DUSK)) {
      const last = spans.at(-1);
      if (last && last.to >= at - seconds - 0.5) last.to = at;
      else spans.push({ from: at - seconds, to: at });
    }
    before = is ? time : null;
  }
  return spans;
}

/** Oblique lines over a box: a band can be recognized without its color, too. */
function hatch(ctx, left, top, width, height, ratio) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += 7 * ratio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/**
 * Nights, which belong beneath the figures. `plot`: { ctx, box: [left, top, width, height], from, to, x(at), ratio }, lengths in the
 * canvas's pixels.
 */
export function drawNights({ ctx, box: [left, top, width, height], from, to, x }, spans) {
  ctx.save();
  ctx.fillStyle = color("var(--night)");
  for (const span of spans) {
    const [start, end] = [Math.max(left, x(Math.max(span.from, from))), Math.min(left + width, x(Math.min(span.to, to)))];
    if (end > start) ctx.fillRect(start, top, end - start, height);
  }
  ctx.restore();
}

/** Incidents, marks, and the names of incidents and nights above, of which no two touch; incidents come first. */
export function drawMarks({ ctx, box: [left, top, width, height], from, to, x, ratio }, spans, incidents, events) {
  ctx.save();
  ctx.font = `600 ${11 * ratio}px system-ui`;
  ctx.textBaseline = "bottom";
  ctx.textAlign = "left";
  ctx.lineWidth = ratio;
  const taken = [];
  const name = (text, start, end, most) => {
    const wide = ctx.measureText(text).width;
    const at = Math.min(Math.max(left, (start + end - wide) / 2), left + width - wide);
    if (wide > Math.max(most, end - start) || taken.some(([one, other]) => at < other + 6 * ratio && at + wide > one - 6 * ratio)) return;
    taken.push([at, at + wide]);
    ctx.fillText(text, at, top - 2 * ratio);
  };
  const [fill, edge, ink] = ["var(--incident)", "var(--incident-edge)", "var(--bad)"].map(color);
  for (const span of held(incidents, to)) {
    if (span.to < from || span.from > to) continue;
    const [start, end] = [x(Math.max(span.from, from)), x(Math.min(span.to, to))];
    const wide = Math.max(2 * ratio, end - start);
    ctx.fillStyle = fill;
    ctx.fillRect(start, top, wide, height);
    ctx.strokeStyle = edge;
    hatch(ctx, start, top, wide, height, ratio);
    ctx.strokeRect(start, top, wide, height);
    ctx.fillStyle = ink;
    name(span.name, start, end, width / 3);
  }
  ctx.fillStyle = color("var(--dim)");
  for (const span of spans) name("night", Math.max(left, x(span.from)), Math.min(left + width, x(span.to)), 0);
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  for (const { at_seconds: at, what } of events ?? []) {
    if (!(what in MARKED) || at < from || at > to) continue;
    ctx.strokeStyle = MARKED[what];
    ctx.beginPath();
    ctx.moveTo(x(at), top);
    ctx.lineTo(x(at), top + height);
    ctx.stroke();
  }
  ctx.restore();
}

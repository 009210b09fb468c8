// Cells and columns that several tables have.

import { element, icon, svg } from "./dom.js";
import { count, of, share, time } from "./format.js";

const OUTCOMES = ["ok", "expected", "unexpected", "error", "cancelled"];
const STRIPED = ["expected", "error", "cancelled"];

export const failed = (requests) => requests.unexpected + requests.error;

/** Shares as a bar; each outcome has a pattern of its own. */
export function bar(counts, names = OUTCOMES) {
  const all = names.reduce((sum, name) => sum + counts[name], 0);
  const parts = names.filter((name) => counts[name] > 0);
  const made = element("span", { class: "bar", role: "img", "aria-label": parts.map((name) => `${name} ${share(of(counts[name], all))}`).join(", ") || "none" },
    ...parts.map((name) => element("i", { class: `${name}${STRIPED.includes(name) ? " striped" : ""}` })));
  parts.forEach((name, place) => (made.children[place].style.flexGrow = counts[name] / all));
  return made;
}

/** The same as a column. */
export const bars = (name, counts, names, only = "wide") => ({ name, text: true, only, show: (row) => bar(counts(row), names) });

export const number = (name, value, only) => ({ name, only, show: (row) => count(value(row)), value });

export const percentile = (name, value, only) => ({ name, only, show: (row) => time(value(row)), value });

/** A share that is bad from one percent on. */
export const failures = (value, only) => ({
  name: "failed", only, value, class: (row) => ((value(row) ?? 0) >= 0.01 ? "bad" : null),
  show: (row) => ((value(row) ?? 0) >= 0.01 ? element("span", {}, icon("bad", "s"), ` ${share(value(row))}`) : share(value(row))),
});

export const request = (row) => element("span", {}, element("span", { class: "method" }, row.method), row.name);

/** Counts over the run's time as bars: `counts` in spans of `stride` seconds. */
export function timeline({ stride, counts, outcome }, end) {
  const [width, height] = [140, 20];
  const spans = Math.max(counts.length, Math.ceil(end / stride), 1);
  const per = Math.ceil(spans / 46);
  const most = Math.max(1, ...merged(counts, per));
  const wide = width / Math.ceil(spans / per);
  const path = merged(counts, per).map((many, place) => (many ? `M${(place * wide).toFixed(1)} ${height - 1}v${-(2 + (16 * many) / most).toFixed(1)}h${Math.max(1, wide - 0.6).toFixed(1)}V${height - 1}z` : "")).join("");
  return svg("svg", { class: "timeline", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, svg("path", { class: "base", d: `M0 ${height - 0.5}H${width}` }), svg("path", { class: `a-${outcome}`, d: path }));
}

function merged(counts, per) {
  const sums = [];
  for (let place = 0; place < counts.length; place += per) sums.push(counts.slice(place, place + per).reduce((one, other) => one + other, 0));
  return sums;
}

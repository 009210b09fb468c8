// What lies behind every chart: nights, incidents and pauses as bands, and numbered marks of what was done to the run.

import { svg } from "./dom.js";
import { clock } from "./format.js";

const DAY = 86_400;
const [DAWN, DUSK] = [6 * 3600, 22 * 3600];
/** Events that get a mark, by what they are about. */
const MARKED = { reload: "note", canary: "note", promote: "note", rollback: "note", refused: "bad", breaker: "bad", valve: "bad", threshold: "bad", quarantine: "bad", set: "", mix: "", pause: "", incident: "", stop: "", stage: "" };
/** Marks closer than this are one, in pixels. */
const CLOSE = 18;
/** A pause takes no time of the run: as wide as can be seen. */
const PAUSE_PX = 6;

/** The events that are marked, numbered from 1. */
export function marks(events) {
  const marked = events.filter(({ what }) => what in MARKED);
  return marked.map(({ at_seconds: at, what, by, text }, place) => ({ n: place + 1, at, what, by, text, tone: MARKED[what] }));
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

/** All bands: { kind, name, from, to }. An incident that still holds reaches to `end`. */
export function bands(points, incidents, events, end) {
  return [
    ...nights(points).map((span) => ({ kind: "night", name: "night", ...span })),
    ...(incidents ?? []).flatMap(({ name, held }) => held.map(({ from_seconds: from, to_seconds: to }) => ({ kind: "incident", name, from, to: to ?? end }))),
    ...events.filter(({ what }) => what === "pause").map(({ at_seconds: at }) => ({ kind: "pause", name: "paused", from: at, to: at })),
  ];
}

/** The incidents that hold now, in words, for those who do not see the bands; nothing where there are none. */
export function holding(incidents) {
  const names = (incidents ?? []).filter((one) => one.until_seconds !== null).map(({ name }) => name);
  return names.length ? `; under way: ${names.join(", ")}` : "";
}

/** `box`: { x(at), left, right, top, bottom, from, to }. Names are written where there is room for them. */
export function drawBands(all, { x, left, right, top, bottom, from, to }) {
  return all.filter((band) => band.to >= from && band.from <= to).map((band) => {
    let [start, end] = [x(Math.max(band.from, from)), x(Math.min(band.to, to))];
    if (band.kind === "pause") [start, end] = [start - PAUSE_PX / 2, start + PAUSE_PX / 2];
    [start, end] = [Math.max(left, start), Math.min(right, Math.max(end, start + 2))];
    const words = band.kind === "pause" ? `${band.name} at ${clock(band.from)}` : `${band.name}, ${clock(band.from)} to ${clock(band.to)}`;
    const fits = band.kind !== "pause" && end - start > band.name.length * 6 + 8;
    return svg("g", { class: "band-group" },
      svg("rect", { class: `band ${band.kind}`, x: start, y: top, width: end - start, height: bottom - top }, svg("title", {}, words)),
      fits ? svg("text", { class: "on", x: start + 4, y: top + 11 }, band.name) : null);
  });
}

/** Groups marks that would touch: [{ x, members }]. */
export function grouped(all, { x, from, to }) {
  const groups = [];
  for (const mark of all) {
    if (mark.at < from || mark.at > to) continue;
    const at = Math.round(x(mark.at)) + 0.5;
    const last = groups.at(-1);
    if (last && at - last.x < CLOSE) last.members.push(mark);
    else groups.push({ x: at, members: [mark] });
  }
  return groups;
}

/** Numbered marks above the plot, each a link to its event. */
export function drawMarks(all, box) {
  return grouped(all, box).flatMap(({ x, members }) => {
    const [first, last] = [members[0], members.at(-1)];
    const tone = ["bad", "note", ""].find((one) => members.some((mark) => mark.tone === one));
    const number = first === last ? `${first.n}` : `${first.n}–${last.n}`;
    const wide = number.length > 1 ? 9 + 5.5 * number.length : 15;
    const words = members.map(({ n, at, text, by }) => `Mark ${n}, ${clock(at)}: ${text}${by && by !== "run" ? `, by ${by}` : ""}`).join("\n");
    const centre = Math.min(Math.max(x, box.left + wide / 2), box.right - wide / 2);
    return [
      svg("line", { class: "mark-line", x1: x, x2: x, y1: 17, y2: box.bottom }),
      svg("g", {}, svg("title", {}, words), svg("a", { class: `mark ${tone}`, href: `#events/event-${first.n}`, "aria-label": `${number}: ${words}` },
        svg("rect", { x: centre - wide / 2, y: 1.5, width: wide, height: 15, rx: 7.5 }), svg("text", { x: centre, y: 12.5 }, number))),
    ];
  });
}

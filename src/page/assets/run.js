// What is known of the run: the points of its charts, its newest state, and which part of its time is shown.

import { bands, marks } from "./bands.js";

export class Run {
  points = [];
  stride = 1;
  now = null;
  over = false;
  /** A report: the page of a run as it was, without anybody to ask. */
  frozen = false;
  /** All charts are drawn, also those that are not shown. */
  printing = false;
  #chosen = null;
  #drawn = null;

  replace({ stride, points }) {
    Object.assign(this, { stride, points });
    this.#drawn = null;
  }

  /** The newest point; where several seconds make one it comes again while it grows. */
  add(point) {
    if (this.points.at(-1)?.n === point.n) this.points.pop();
    this.points.push(point);
    this.#drawn = null;
  }

  show(now) {
    this.now = now;
    if (now.point) this.add(now.point);
    this.#drawn = null;
  }

  /** From the beginning of the first point to the end of the last. */
  whole() {
    const [first, last] = [this.points[0], this.points.at(-1)];
    return first ? [Math.max(0, first.at_seconds - first.seconds), last.at_seconds] : [0, 1];
  }

  /** A part of the run's time: its last seconds, from one to another, or all of it. */
  choose(chosen) {
    this.#chosen = chosen ?? null;
  }

  chosen = () => this.#chosen;

  view() {
    const [from, to] = this.whole();
    if (this.#chosen?.last) return [Math.max(from, to - this.#chosen.last), Math.max(to, from + 1)];
    return this.#chosen ? [this.#chosen.from, this.#chosen.to] : [from, Math.max(to, from + 1)];
  }

  /** The places of the first and the last point that are shown, with one beyond each edge. */
  visible() {
    const [from, to] = this.view();
    const first = this.points.findIndex((point) => point.at_seconds >= from);
    const last = this.points.findIndex((point) => point.at_seconds > to);
    return [Math.max(0, first - 1), last < 0 ? this.points.length - 1 : last];
  }

  /** The place of the newest point that is whole; null where there is none. */
  newest() {
    return this.points.length ? this.points.length - 1 : null;
  }

  nearest(at) {
    let best = null;
    for (const [place, point] of this.points.entries()) if (best === null || Math.abs(point.at_seconds - at) < Math.abs(this.points[best].at_seconds - at)) best = place;
    return best;
  }

  #derived() {
    const status = this.now?.run.reload_status;
    this.#drawn ??= {
      marks: marks(status?.events ?? []),
      bands: bands(this.points, this.now?.run.incidents, status?.events ?? [], this.points.at(-1)?.at_seconds ?? 0),
    };
    return this.#drawn;
  }

  marks = () => this.#derived().marks;
  bands = () => this.#derived().bands;

  /** The time of day at an age of the run. */
  wall(at) {
    const place = this.nearest(at);
    const point = place === null ? null : this.points[place];
    return point?.wall_seconds ? point.wall_seconds + Math.min(0, at - point.at_seconds) : null;
  }

  /** Requests that ended in all points, by outcome. */
  sums() {
    const sums = [0, 0, 0, 0, 0];
    for (const point of this.points) for (const counts of Object.values(point.outcomes)) counts.forEach((count, place) => (sums[place] += count));
    return sums;
  }

  /** A value of each point a second; a few requests in some milliseconds would be thousands. */
  rates = (value) => this.points.map((point) => (point.seconds < 0.5 ? null : value(point) / point.seconds));
}

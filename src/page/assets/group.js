// Charts that share a time axis: what is pointed at on one is read on all, what is chosen on one is shown by all.

import { LEFT, RIGHT } from "./plot.js";

/** A drag shorter than this is a click, in pixels. */
const DRAG_PX = 6;

export class Group {
  /** Which point is read; null: the newest. */
  at = null;
  charts = [];

  /** `choose(from, to)` is called with a part of the run's time, or without one for all of it. */
  constructor(run, choose) {
    Object.assign(this, { run, choose });
  }

  /** Of a plot, by the window. */
  height() {
    if (innerWidth < 700) return 132;
    if (innerWidth < 1900) return 148;
    return Math.max(180, Math.min(420, (innerHeight - 620) / 2));
  }

  add(chart) {
    this.charts.push(chart);
    const { host } = chart;
    host.addEventListener("pointerdown", (event) => this.#down(chart, event));
    host.addEventListener("pointermove", (event) => this.#move(chart, event));
    host.addEventListener("pointerup", (event) => this.#up(chart, event));
    host.addEventListener("pointercancel", () => this.#clear());
    host.addEventListener("pointerleave", () => this.#drag || this.point(null));
    host.addEventListener("dblclick", () => this.choose());
    host.addEventListener("keydown", (event) => this.#key(event));
    host.addEventListener("blur", () => this.point(null));
  }

  #drag = null;

  /** The time below the pointer. */
  #time({ host }, event) {
    const box = host.getBoundingClientRect();
    const [from, to] = this.run.view();
    const share = (event.clientX - box.left - 8 - LEFT) / (box.width - 16 - LEFT - RIGHT);
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  }

  #down(chart, event) {
    if (event.button !== 0 || event.target.closest(".mark")) return;
    this.#drag = { chart, x: event.clientX, from: this.#time(chart, event) };
    chart.host.setPointerCapture?.(event.pointerId);
  }

  #move(chart, event) {
    const at = this.#time(chart, event);
    this.point(this.run.nearest(at));
    if (!this.#drag || Math.abs(event.clientX - this.#drag.x) < DRAG_PX) return;
    const [from, to] = [Math.min(this.#drag.from, at), Math.max(this.#drag.from, at)];
    for (const { choice, box } of this.charts) {
      if (!choice || !box) continue;
      choice.setAttribute("x", box.x(from));
      choice.setAttribute("width", box.x(to) - box.x(from));
    }
  }

  #up(chart, event) {
    const drag = this.#drag;
    this.#clear();
    if (!drag || Math.abs(event.clientX - drag.x) < DRAG_PX) return;
    const at = this.#time(chart, event);
    const [from, to] = [Math.min(drag.from, at), Math.max(drag.from, at)];
    if (to - from >= 2) this.choose(from, to);
  }

  #clear() {
    this.#drag = null;
    for (const { choice } of this.charts) choice?.setAttribute("width", 0);
  }

  #key(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === "Escape") this.choose();
    else if (move) {
      const [first, last] = this.run.visible();
      this.point(Math.min(last, Math.max(first, (this.at ?? last) + move)));
    } else return;
    event.preventDefault();
  }

  point(place) {
    this.at = place;
    for (const chart of this.charts) if (!chart.card.hidden) chart.point(place);
  }

  /** While somebody draws a choice nothing is drawn anew beneath it. */
  draw() {
    if (this.#drag) return;
    for (const chart of this.charts) chart.draw(this.run);
  }
}

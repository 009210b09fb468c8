// One setting that a hand can turn: a slider and a number that say the same.

import { element } from "./dom.js";

// A moment that was under way when the run took a value still tells the old one; the next does not.
const MOMENTS_TO_WAIT = 2;

/** It is sent when it is let go, and follows the run while nobody holds it and nothing that it asked for is under way. */
export class Dial {
  #held = false;
  #busy = false;
  #next = null;
  #waits = 0;

  /** `most`: what the number may be at most, where the slider ends before. */
  constructor(id, label, range, send, most) {
    this.send = send;
    this.slider = element("input", { type: "range", id, ...range });
    this.number = element("input", { type: "number", min: range.min, max: most, step: range.step, "aria-label": `${label}, as a number` });
    this.root = element("div", { class: "dial" }, element("label", { for: id }, label), this.slider, this.number);
    for (const [input, other] of [[this.slider, this.number], [this.number, this.slider]]) {
      input.addEventListener("pointerdown", () => (this.#held = true));
      input.addEventListener("blur", () => (this.#held = false));
      input.addEventListener("change", () => {
        this.#held = false;
        if (input.value === "") return;
        other.value = input.value;
        this.#ask(Number(input.value));
      });
    }
    this.slider.addEventListener("input", () => (this.number.value = this.slider.value));
    this.number.addEventListener("input", () => (this.#held = true));
  }

  /** One request at a time and the newest value last: two on their way could arrive in the other order. */
  async #ask(value) {
    this.#next = value;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next !== null) {
      const asked = this.#next;
      this.#next = null;
      await this.send(asked);
    }
    this.#busy = false;
    this.#waits = MOMENTS_TO_WAIT;
  }

  /** What the run says now. */
  show(value, over) {
    this.slider.disabled = this.number.disabled = over;
    if (this.#held || this.#busy) return;
    this.#waits = Number(this.number.value) === value ? 0 : this.#waits - 1;
    if (this.#waits > 0) return;
    if (value > this.slider.max) this.slider.max = value;
    this.slider.value = value;
    this.number.value = value;
  }
}

// Numbers as people read them.

const NONE = "–";
const whole = new Intl.NumberFormat("en");

export const count = (value) => whole.format(value);
export const rate = (value) => (value === null ? NONE : value >= 100 ? whole.format(Math.round(value)) : value.toFixed(1));
export const share = (value) => (value === null ? NONE : `${(100 * value).toFixed(value > 0 && value < 0.1 ? 2 : 1)} %`);
/** Null of nothing. */
export const of = (part, all) => (all > 0 ? part / all : null);

/** Seconds of a latency. */
export function time(seconds) {
  if (seconds === null || seconds === undefined) return NONE;
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  return `${seconds.toPrecision(3)} s`;
}

/** Seconds of a run's age: 1:02:03. */
export function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function bytes(value) {
  return value >= 1 << 20 ? `${(value / (1 << 20)).toFixed(1)} MiB` : `${(value / 1024).toFixed(0)} KiB`;
}

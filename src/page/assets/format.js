// Figures as people read them: the same as in the summary, which has them from src/core/view/format.rs;
// tests/view/format.json holds both to it.

/** What stands where nothing was measured. */
export const NONE = "-";

const whole = new Intl.NumberFormat("en");

/** So many decimals; a tie goes to the even digit, where toFixed takes the larger one. */
function fixed(value, decimals) {
  const scale = 10 ** decimals;
  const below = Math.floor(value * scale);
  const tie = (value * 2 ** (decimals + 1)) % 2 === 1;
  return (tie && below % 2 === 0 ? below / scale : value).toFixed(decimals);
}

/** Three digits of a figure below a thousand. */
const digits = (value) => (value < 9.995 ? fixed(value, 2) : value < 99.95 ? fixed(value, 1) : value < 999.5 ? fixed(value, 0) : null);

/** Three digits and the first unit in which there are no more; in the last one as many as there are. */
function scaled(units) {
  for (const [value, unit] of units) {
    const shown = digits(value);
    if (shown !== null) return `${shown} ${unit}`;
  }
  const [value, unit] = units.at(-1);
  return `${whole.format(Math.round(value))} ${unit}`;
}

export const count = (value) => (value === null ? NONE : whole.format(value));
/** Events a second. */
export const rate = (value) => (value === null ? NONE : (digits(value) ?? whole.format(Math.round(value))));
/** Null of nothing. */
export const of = (part, all) => (all > 0 ? part / all : null);
/** A share of a core. */
export const cpu = (cores) => (cores === null ? NONE : `${fixed(cores * 100, 0)} %`);

/** A share, 0 to 1: what is neither nothing nor all is never said to be. */
export function share(value) {
  if (value === null) return NONE;
  const percent = value * 100;
  if (percent <= 0) return "0 %";
  if (percent < 0.05) return "<0.1 %";
  if (percent === 100) return "100 %";
  if (percent > 99.95 && percent < 100) return ">99.9 %";
  return `${fixed(percent, 1)} %`;
}

/** Seconds of a latency. */
export function time(seconds) {
  if (seconds === null || seconds === undefined) return NONE;
  const micros = Math.round(seconds * 1e6);
  return micros < 1e3 ? `${micros} µs` : scaled([[seconds * 1e3, "ms"], [seconds, "s"]]);
}

/** Bytes in decimal units. */
export function bytes(value) {
  if (value < 1e3) return `${value} B`;
  return scaled(["kB", "MB", "GB", "TB", "PB"].map((unit) => [(value /= 1e3), unit]));
}

/** Seconds of a run's age: 1:02:03. */
export function clock(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The time of day at which a second was, after a figure; nothing where it is not known. */
export function wall(seconds) {
  return seconds ? ` · ${new Date(seconds * 1e3).toLocaleTimeString("en-GB")}` : "";
}

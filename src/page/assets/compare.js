// Whether two shares differ: Newcombe's interval for the difference of two proportions (1998, method 10), from Wilson's intervals.

const Z = 1.959963984540054;

function wilson(part, all) {
  const share = part / all;
  const centre = share + (Z * Z) / (2 * all);
  const half = Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all));
  const scale = 1 + (Z * Z) / all;
  return [(centre - half) / scale, (centre + half) / scale];
}

/** The difference, new less old, with its interval of 95 %; null where one has no samples. */
export function difference([oldPart, oldAll], [newPart, newAll]) {
  if (!oldAll || !newAll) return null;
  const [was, is] = [oldPart / oldAll, newPart / newAll];
  const [[oldLow, oldHigh], [newLow, newHigh]] = [wilson(oldPart, oldAll), wilson(newPart, newAll)];
  const by = is - was;
  return { by, low: by - Math.hypot(is - newLow, oldHigh - was), high: by + Math.hypot(newHigh - is, was - oldLow) };
}

/** `~`, or the difference in points with its interval. */
export function points(found) {
  if (!found) return { words: "–", tone: "dim" };
  if (found.low <= 0 && found.high >= 0) return { words: "~", tone: "dim" };
  const one = (value) => `${value < 0 ? "−" : ""}${Math.abs(value * 100).toFixed(1)}`;
  return { words: `${found.by > 0 ? "+" : ""}${one(found.by)} points [${one(found.low)}, ${one(found.high)}]`, tone: found.by > 0 ? "bad" : "good" };
}

/** Two percentiles, each with the interval in which it lies: the difference in percent where these do not touch. */
export function times(old, now) {
  if (!old?.value || !now?.value || !old.interval || !now.interval) return { words: "–", tone: "dim" };
  const [[oldLow, oldHigh], [newLow, newHigh]] = [old.interval, now.interval];
  if (oldLow <= newHigh && newLow <= oldHigh) return { words: "~", tone: "dim" };
  const one = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value * 100).toFixed(0)} %`;
  const by = now.value / old.value - 1;
  return { words: `${by > 0 ? "slower" : "faster"} ${one(by)} [${one(newLow / oldHigh - 1)}, ${one(newHigh / oldLow - 1)}]`, tone: by > 0 ? "bad" : "good" };
}

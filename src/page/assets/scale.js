// Where a value lies on a chart: the axis from zero with ticks in steps of 1, 2 and 5, the time below it.

/** The smallest step of 1, 2 or 5 that makes at most so many of `most`. */
export function step(most, steps) {
  const power = 10 ** Math.floor(Math.log10(most / steps || 1));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one * steps >= most * (1 - 1e-9));
}

/** The end of an axis that begins at zero, and its ticks. */
export function ticks(most, steps) {
  const one = step(Math.max(most, 1e-6), steps);
  const count = Math.max(1, Math.ceil((most / one) * (1 - 1e-9)));
  return { end: one * count, at: Array.from({ length: count + 1 }, (_, place) => Number((one * place).toPrecision(12))) };
}

/** Between two times on the axis, in seconds. */
const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** Times to write below a plot of this width, at least 56 px from each other. */
export function times([from, to], width) {
  const span = SPANS.find((one) => (width / (to - from || 1)) * one > 56) ?? SPANS.at(-1);
  const first = Math.ceil(from / span - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(to / span + 1e-9) - first + 1) }, (_, place) => (first + place) * span);
}

/** Rows of the heat map: where each begins, in seconds, in steps of 1, 2 and 5, around these. */
export function rows(low, high) {
  const all = [];
  for (let power = -6; power <= 4; power += 1) for (const one of [1, 2, 5]) all.push(Number(`${one}e${power}`));
  const first = Math.max(0, all.findLastIndex((edge) => edge <= low));
  const last = all.findIndex((edge) => edge >= high);
  return all.slice(first, (last < 0 ? all.length - 1 : Math.max(last, first + 1)) + 1);
}

/** Counts of cells, each from its edge to a quarter of its octave above it, divided among the rows. */
export function divided(cells, edges) {
  const counts = Array(edges.length - 1).fill(0);
  for (const [from, many] of cells) {
    const to = from + 2 ** Math.floor(Math.log2(Math.max(from * 1e6, 4))) / 4e6;
    for (let row = 0; row < counts.length; row += 1) {
      const low = row === 0 ? -Infinity : edges[row];
      const high = row === counts.length - 1 ? Infinity : edges[row + 1];
      const shared = Math.min(to, high) - Math.max(from, low);
      if (shared > 0) counts[row] += (many * shared) / (to - from);
    }
  }
  return counts;
}

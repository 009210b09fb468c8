// Answers of Prometheus as what a panel shows: names of series, points, numbers with their units.

const NONE = "–";

/** `{{type}} {{version}}` with the labels of a series. */
export function named(legend, labels) {
  if (!legend || legend === "__auto") return Object.entries(labels).filter(([key]) => key !== "__name__").map(([, value]) => value).join(" ") || "value";
  return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? "");
}

/** All series of a panel: name, labels, points of [seconds, value]. */
export function seriesOf(asked) {
  return asked.flatMap(({ legend, answer }, query) =>
    answer.map(({ metric, values }) => ({
      query,
      name: named(legend, metric),
      labels: metric,
      points: values.map(([at, value]) => [at, Number(value)]).filter(([, value]) => Number.isFinite(value)),
    })),
  ).filter((one) => one.points.length > 0);
}

export const last = (series) => series.points.at(-1)?.[1];

const SCALES = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];

function short(value) {
  for (const [size, letter] of SCALES) if (Math.abs(value) >= size) return `${digits(value / size)} ${letter}`;
  return digits(value);
}

const digits = (value) => (value === 0 ? "0" : Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString());

function seconds(value) {
  if (value === 0) return "0 s";
  if (Math.abs(value) < 1e-3) return `${digits(value * 1e6)} µs`;
  if (Math.abs(value) < 1) return `${digits(value * 1e3)} ms`;
  return value >= 120 ? `${digits(value / 60)} min` : `${digits(value)} s`;
}

/** A number as Grafana writes it in this unit. */
export function shown(value, unit) {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  switch (unit) {
    case "s": return seconds(value);
    case "percentunit": return `${digits(value * 100)} %`;
    case "reqps": return `${short(value)} req/s`;
    case "ops": return `${short(value)} ops/s`;
    case "bytes": return value >= 1 << 20 ? `${digits(value / (1 << 20))} MiB` : `${digits(value / 1024)} KiB`;
    case "short": return short(value);
    default: throw new Error(`no way is known to write the unit ${unit}`);
  }
}

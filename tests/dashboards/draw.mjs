// One panel as SVG or HTML. Not Grafana's looks to the point, but its layout, kinds, units and data.

import { last, seriesOf, shown } from "./values.mjs";

const COLORS = ["#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#5794f2", "#ba43a9", "#b877d9", "#8ab8ff", "#ffb357", "#56a64b", "#f2495c"];
export const WORDS = { green: "#73bf69", yellow: "#fade2a", red: "#f2495c", blue: "#5794f2", orange: "#ff9830", purple: "#b877d9" };
const GRID = "#2c3235";
const escaped = (text) => String(text).replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
const clock = (at) => new Date(at * 1000).toISOString().slice(11, 19);

/** The inside of a panel, `width` by `height` pixels; `marks` are the spans of annotations: { name, color, from, to }. */
export function draw(panel, asked, span, width, height, marks = []) {
  const series = seriesOf(asked);
  if (series.length === 0) return `<p class="none">No data</p>`;
  switch (panel.type) {
    case "stat": return stat(panel, series, width, height);
    case "timeseries": return lines(panel, series, span, width, height, marks);
    case "heatmap": return heat(panel, series, span, width, height, marks);
    case "state-timeline": return bands(panel, series, span, width, height);
    case "table": return table(panel, series);
    default: throw new Error(`no drawing is known for panels of the kind ${panel.type}`);
  }
}

function colorAt(value, steps) {
  const reached = steps.filter((step) => step.value === null || value >= step.value);
  return WORDS[reached.at(-1).color];
}

function stat(panel, [series], width, height) {
  const { unit, thresholds } = panel.fieldConfig.defaults;
  const value = last(series);
  const color = colorAt(value, thresholds.steps);
  const most = Math.max(...series.points.map(([, y]) => y), 1e-12);
  const [from, to] = [series.points[0][0], series.points.at(-1)[0]];
  const points = series.points.map(([at, y]) => `${((at - from) / (to - from || 1)) * width},${height - (y / most) * height * 0.4}`).join(" ");
  return `<svg width="${width}" height="${height}">
    <polygon points="0,${height} ${points} ${width},${height}" fill="${color}" opacity="0.2"/>
    <text x="${width / 2}" y="${height / 2}" fill="${color}" font-size="26" font-weight="600" text-anchor="middle">${escaped(shown(value, unit))}</text></svg>`;
}

/** Axes, and what turns a time and a value into a place. */
function frame(span, most, unit, width, height, left = 70) {
  const [top, bottom] = [8, height - 22];
  const x = (at) => left + ((at - span[0]) / (span[1] - span[0])) * (width - left - 8);
  const y = (value) => bottom - (value / (most || 1)) * (bottom - top);
  let axes = "";
  for (let step = 0; step <= 4; step += 1) {
    const value = (most * step) / 4;
    axes += `<line x1="${left}" x2="${width - 8}" y1="${y(value)}" y2="${y(value)}" stroke="${GRID}"/>`;
    if (unit) axes += `<text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${escaped(shown(value, unit))}</text>`;
  }
  for (let step = 0; step <= 3; step += 1) {
    const at = span[0] + ((span[1] - span[0]) * step) / 3;
    axes += `<text x="${x(at)}" y="${height - 6}" text-anchor="${step === 3 ? "end" : step === 0 ? "start" : "middle"}">${clock(at)}</text>`;
  }
  return { x, y, axes, top, bottom, left };
}

/** Spans of annotations, as Grafana draws them: a band between two dashed lines, with a tag below. */
function regions(marks, { x, top, bottom }) {
  return marks.map(({ name, color, from, to }) => `<g><title>${escaped(name)}</title><rect x="${x(from)}" y="${top}" width="${Math.max(1, x(to) - x(from))}" height="${bottom - top}" fill="${color}" opacity="0.16"/>
    <path d="M${x(from)},${top}V${bottom}M${x(to)},${top}V${bottom}" stroke="${color}" stroke-dasharray="3 3"/><rect x="${x(from)}" y="${bottom}" width="${Math.max(4, x(to) - x(from))}" height="4" fill="${color}"/></g>`).join("");
}

/** What the overrides of a panel say of a series: whether it is a dashed line over the others, and its colour. */
function looks(panel, one, place) {
  const refId = panel.targets[one.query].refId;
  const shades = panel.fieldConfig.defaults.color.mode === "shades";
  const looks = { over: false, color: shades ? `hsl(247 55% ${35 + ((place * 17) % 50)}%)` : COLORS[place % COLORS.length] };
  for (const { matcher, properties } of panel.fieldConfig.overrides) {
    if (matcher.options !== (matcher.id === "byFrameRefID" ? refId : one.name)) continue;
    for (const { id, value } of properties) {
      if (id === "custom.lineStyle") looks.over = true;
      if (id === "color") looks.color = WORDS[value.fixedColor] ?? value.fixedColor;
    }
  }
  return looks;
}

function lines(panel, series, span, width, height, marks) {
  const { unit, custom } = panel.fieldConfig.defaults;
  const stacked = custom.stacking.mode === "normal";
  const sums = new Map();
  const drawn = series.map((one, place) => {
    const look = looks(panel, one, place);
    const stacks = stacked && !look.over;
    const points = one.points.map(([at, value]) => {
      if (!stacks) return [at, value, 0];
      const below = sums.get(at) ?? 0;
      sums.set(at, below + value);
      return [at, below + value, below];
    });
    return { ...one, ...look, stacks, points };
  });
  const rows = legend(drawn.map((one, place) => ({ ...one, last: shown(last(series[place]), unit) })), width);
  const plotHeight = height - rows.height;
  // A limit far above all that was measured would press it to the floor: Grafana has it so, and here it is seen.
  const most = Math.max(...drawn.flatMap((one) => one.points.map(([, value]) => value)), 1e-9) * 1.05;
  const plot = frame(span, most, unit, width, plotHeight);
  const { x, y, axes } = plot;
  const step = custom.lineInterpolation === "stepAfter";
  const shapes = drawn.map(({ points, color, over, stacks }) => {
    const path = points.map(([at, value], n) => (n === 0 ? `M${x(at)},${y(value)}` : step ? `H${x(at)}V${y(value)}` : `L${x(at)},${y(value)}`)).join("");
    const floor = [...points].reverse().map(([at, , below]) => `L${x(at)},${y(below)}`).join("");
    return `${stacks ? `<path d="${path}${floor}Z" fill="${color}" opacity="0.4"/>` : ""}<path d="${path}" fill="none" stroke="${color}" stroke-width="1.3"${over ? ' stroke-dasharray="6 4"' : ""}/>`;
  });
  return `<div class="chart"><svg width="${width}" height="${plotHeight}">${axes}${shapes.join("")}${regions(marks, plot)}</svg>${rows.html}</div>`;
}

/** The legend below a chart: names in rows, as many as fit in a third of a panel. */
function legend(series, width) {
  const LETTER = 6.2;
  const ROWS = 3;
  let row = 1;
  let used = 0;
  const fits = [];
  for (const one of series) {
    const wide = 34 + (one.name.length + one.last.length) * LETTER;
    if (used + wide > width && used > 0) { row += 1; used = 0; }
    used += wide;
    if (row > ROWS) break;
    fits.push(one);
  }
  const html = fits.map(({ name, color, last }) => `<span><i style="background:${color}"></i>${escaped(name)} <b>${escaped(last)}</b></span>`);
  return { height: Math.min(row, ROWS) * 16 + 4, html: `<p class="legend">${html.join("")}</p>` };
}

function heat(panel, series, span, width, height, marks) {
  const bounds = series.map((one) => one.labels.le).sort((one, other) => bound(one) - bound(other));
  const by = new Map(series.map((one) => [one.labels.le, new Map(one.points)]));
  const times = [...new Set(series.flatMap((one) => one.points.map(([at]) => at)))].sort((one, other) => one - other);
  const plot = frame(span, 1, "", width, height);
  const { x, axes, top, bottom, left } = plot;
  const cell = (bottom - top) / bounds.length;
  const wide = Math.max(1, x(times[1] ?? times[0] + 1) - x(times[0]));
  // Counts of Prometheus's buckets hold those of all buckets below.
  const count = (at, place) => Math.max(0, (by.get(bounds[place]).get(at) ?? 0) - (place ? by.get(bounds[place - 1]).get(at) ?? 0 : 0));
  const most = Math.max(...times.flatMap((at) => bounds.map((_, place) => count(at, place))), 1e-12);
  let cells = "";
  for (const at of times) {
    for (const place of bounds.keys()) {
      const value = count(at, place);
      if (value > 0) cells += `<rect x="${x(at)}" y="${bottom - (place + 1) * cell}" width="${wide}" height="${cell}" fill="hsl(${38 - 20 * Math.sqrt(value / most)} 95% ${18 + 50 * Math.sqrt(value / most)}%)"/>`;
    }
  }
  const named = bounds.map((le, place) => (place % 2 ? "" : `<text x="${left - 6}" y="${bottom - place * cell}" text-anchor="end">${escaped(le === "+Inf" ? "more" : shown(bound(le), "s"))}</text>`));
  return `<svg width="${width}" height="${height}">${axes}${cells}${named.join("")}${regions(marks, plot)}</svg>`;
}

const bound = (le) => (le === "+Inf" ? Infinity : Number(le));

function bands(panel, series, span, width, height) {
  const words = panel.fieldConfig.defaults.mappings[0].options;
  const { x, axes } = frame(span, 1, "", width, height, 190);
  const tall = Math.min(26, (height - 30) / series.length);
  const shapes = series.map((one, place) => {
    const boxes = one.points.map(([at, value], n) => {
      const end = one.points[n + 1]?.[0] ?? at + 1;
      return `<rect x="${x(at)}" y="${8 + place * tall}" width="${Math.max(0.5, x(end) - x(at))}" height="${tall - 4}" fill="${WORDS[words[value].color]}" opacity="0.7"/>`;
    });
    return `${boxes.join("")}<text x="184" y="${8 + place * tall + tall / 2 + 2}" text-anchor="end">${escaped(one.name)}</text>`;
  });
  return `<svg width="${width}" height="${height}">${axes}${shapes.join("")}</svg>`;
}

/** The rows that the panel's transformations make of several answers: merged by their labels, columns renamed. */
function table(panel, series) {
  const organize = panel.transformations.find((one) => one.id === "organize").options;
  const order = Object.entries(organize.indexByName).sort(([, one], [, other]) => one - other).map(([name]) => name);
  const units = Object.fromEntries(panel.fieldConfig.overrides.map((one) => [one.matcher.options, one.properties[0].value]));
  const many = panel.targets.length > 1;
  const rows = new Map();
  for (const one of series) {
    const key = JSON.stringify(Object.entries(one.labels).sort());
    const row = rows.get(key) ?? { ...one.labels };
    row[many ? `Value #${panel.targets[one.query].refId}` : "Value"] = last(one);
    rows.set(key, row);
  }
  const sorted = Object.entries(organize.renameByName).find(([, name]) => name === panel.options.sortBy[0].displayName)[0];
  const lines = [...rows.values()].sort((one, other) => (other[sorted] ?? 0) - (one[sorted] ?? 0)).slice(0, 12);
  const head = order.map((name) => `<th${name in organize.renameByName ? ' class="number"' : ""}>${escaped(organize.renameByName[name] ?? name)}</th>`).join("");
  const cell = (row, name) => (name in organize.renameByName ? `<td class="number">${escaped(shown(row[name], units[organize.renameByName[name]]))}</td>` : `<td>${escaped(row[name] ?? "")}</td>`);
  return `<table><tr>${head}</tr>${lines.map((row) => `<tr>${order.map((name) => cell(row, name)).join("")}</tr>`).join("")}</table>`;
}

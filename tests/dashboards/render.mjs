// Draws the dashboards from what their queries answered, so that one can look at the layout without Grafana:
//   tests/observe/run --answers answers.json
//   node tests/dashboards/render.mjs answers.json FOLDER [UID...]
// Writes FOLDER/UID.png for each dashboard.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { draw, WORDS } from "./draw.mjs";
import { named, seriesOf } from "./values.mjs";

const WIDTH = 1600;
const GAP = 8;
const ROW = 30;
const TITLE = 30;
/** Values of an annotation so close to each other are of one span. */
const NEXT_SECONDS = 5;
const STYLE = `
  body { margin: 0; background: #111217; color: #ccccdc; font: 12px Inter, "DejaVu Sans", sans-serif; position: relative }
  h1 { font-size: 18px; margin: 0; padding: 14px 16px 2px } h1 + p { margin: 0; padding: 0 16px 10px; color: #9fa1ab }
  section { position: absolute; background: #181b1f; border: 1px solid #24272c; border-radius: 3px; overflow: hidden; box-sizing: border-box }
  section.row { background: none; border: 0; font-size: 15px; padding: 6px 8px }
  section > h2 { font-size: 13px; font-weight: 500; margin: 7px 10px 3px; white-space: nowrap } section > div { display: flex; padding: 0 4px }
  text { fill: #9fa1ab; font-size: 10px } .none { text-align: center; width: 100%; color: #9fa1ab }
  .chart { width: 100% } p.legend { margin: 0 8px; font-size: 11px; line-height: 16px; overflow: hidden } .legend span { margin-right: 12px; white-space: nowrap; display: inline-block }
  .legend i { display: inline-block; width: 12px; height: 3px; margin-right: 5px; vertical-align: middle } .legend b { font-weight: 500; color: #9fa1ab }
  table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid #24272c; white-space: nowrap } .number { text-align: right }
`;

/** Neighbouring moments of an annotation are one span, named as its title says. */
function marksOf({ annotations }, panels) {
  return annotations.list.flatMap(({ name, titleFormat, iconColor, useValueForTime }) =>
    seriesOf(panels[`annotation ${name}`] ?? []).flatMap(({ labels, points }) => {
      const spans = [];
      for (const [when, value] of points) {
        const at = useValueForTime ? value / 1000 : when;
        const last = spans.at(-1);
        if (last && at - last.to <= NEXT_SECONDS) last.to = at;
        else spans.push({ name: named(titleFormat, labels), color: WORDS[iconColor], from: at, to: at });
      }
      return spans;
    }));
}

function page({ dashboard, panels }) {
  const marks = marksOf(dashboard, panels);
  const tags = [...new Map(marks.map((one) => [one.name, one])).values()].map(({ name, color }) => `<span style="color:${color}">▮ ${name}</span>`).join(" ");
  const all = Object.values(panels).flat().flatMap(({ answer }) => answer.flatMap(({ values }) => values.map(([at]) => at)));
  const span = [Math.min(...all), Math.max(...all)];
  const column = (WIDTH - GAP) / 24;
  const head = 62;
  const place = ({ x, y, w, h }) => ({ left: GAP + x * column, top: head + y * (ROW + GAP), width: w * column - GAP, height: h * (ROW + GAP) - GAP });
  const drawn = dashboard.panels.map((panel) => {
    const { left, top, width, height } = place(panel.gridPos);
    const style = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    if (panel.type === "row") return `<section class="row" style="${style}">▾ ${panel.title}</section>`;
    const inside = draw(panel, panels[panel.title] ?? [], span, width - 10, height - TITLE - 4, marks);
    return `<section style="${style}" title="${panel.description.replace(/"/g, "&quot;")}"><h2>${panel.title}</h2><div>${inside}</div></section>`;
  });
  const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => place(gridPos).top + place(gridPos).height)) + GAP;
  return { height: Math.ceil(bottom), html: `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><body style="height:${bottom}px"><h1>${dashboard.title}</h1><p>${dashboard.description} ${tags}</p>${drawn.join("")}` };
}

const [answers, folder, ...wished] = process.argv.slice(2);
if (!folder) {
  console.error("render.mjs: wants the file of answers and a folder: node tests/dashboards/render.mjs answers.json FOLDER [UID...]");
  process.exit(2);
}
const all = JSON.parse(readFileSync(answers, "utf8"));
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (const [uid, one] of Object.entries(all)) {
    if (wished.length > 0 && !wished.includes(uid)) continue;
    const { html, height } = page(one);
    const view = await browser.newPage({ viewport: { width: WIDTH, height } });
    await view.setContent(html);
    writeFileSync(join(folder, `${uid}.png`), await view.screenshot());
    await view.close();
  }
} finally {
  await browser.close();
}

// Writes each dashboard as TypeScript whose type is that of Grafana's own schema, and lets the compiler judge.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const DASHBOARDS = join(HERE, "../../examples/deploy/grafana/dashboards");
const OUT = join(HERE, "node_modules/.types");
const PANELS = {
  stat: "raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen",
  timeseries: "raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen",
  heatmap: "raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen",
  table: "raw/composable/table/panelcfg/x/TablePanelCfg_types.gen",
  "state-timeline": "raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen",
};

const name = (kind) => kind.replace(/\W/g, "");
// JSON has the words that stand for the members of an enum.
const head = `
import type { AnnotationQuery, Dashboard, DataQuery, VariableModel } from "@grafana/schema";
${Object.entries(PANELS).map(([kind, path]) => `import type * as ${name(kind)} from "../@grafana/schema/dist/esm/${path}.js";`).join("\n")}
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
// What Prometheus adds, by the JSON that Grafana itself writes; its package of types leaves it open.
type Asked = { expr: string; step: string; titleFormat: string; textFormat: string; tagKeys: string; useValueForTime: boolean };
type Query = { expr: string; editorMode: "code" | "builder"; format: "time_series" | "table" | "heatmap"; instant: boolean; range: boolean; legendFormat: string };
type Whole = Omit<Plain<Dashboard>, "annotations" | "templating"> & {
  annotations: { list: (Plain<AnnotationQuery> & Asked)[] };
  templating: { list: (Plain<VariableModel> & { definition?: string })[] };
};
type Part<T> = T extends object ? { [K in keyof T]?: Part<T[K]> } : T;
`;

/** What is checked twice: as a part of the dashboard, and by the type of its own kind. */
function parts(dashboard) {
  const lines = [];
  for (const [place, panel] of dashboard.panels.entries()) {
    if (panel.type === "row") continue;
    if (!(panel.type in PANELS)) throw new Error(`${dashboard.title}: no type is known for panels of the kind ${panel.type}`);
    lines.push(`export const options${place}: Part<Plain<${name(panel.type)}.Options>> = ${JSON.stringify(panel.options)};`);
    for (const target of panel.targets) {
      lines.push(`export const query${place}${target.refId}: Plain<DataQuery> & Query = ${JSON.stringify(target)};`);
    }
  }
  return lines.join("\n");
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const files = readdirSync(DASHBOARDS).filter((file) => file.endsWith(".json"));
for (const file of files) {
  const text = readFileSync(join(DASHBOARDS, file), "utf8");
  const dashboard = JSON.parse(text);
  writeFileSync(join(OUT, file.replace(".json", ".ts")), `${head}\nexport const dashboard: Whole = ${text};\n${parts(dashboard)}\n`);
}
const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2022"];
try {
  execFileSync(join(HERE, "node_modules/.bin/tsc"), [...flags, ...files.map((file) => join(OUT, file.replace(".json", ".ts")))], { stdio: ["ignore", "pipe", "inherit"] });
} catch (error) {
  process.stdout.write(error.stdout ?? `${error}\n`);
  process.exit(1);
}
console.log(`${files.length} passed, 0 failed: the dashboards have Grafana's types`);

// The page of one session's trace: a file with its data in it.

import { by, element } from "./dom.js";
import { Timeline } from "./timeline.js";

const trace = JSON.parse(by("data").textContent);
const root = document.documentElement;

by("about").append(`against ${trace.target}, recorded ${trace.recorded_at} by throng ${trace.throng}`);
if (trace.omitted) by("about").append(element("span", { class: "warn" }, `; ${trace.omitted} events were not kept`));
by("theme").addEventListener("click", () => {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
});
new Timeline(by("timeline")).show(trace);
document.body.dataset.events = trace.events.length;

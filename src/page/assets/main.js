// The page: what the feed sends goes to its parts. A report is the same page with the last data in it.

import { charts } from "./charts.js";
import { Controls } from "./controls.js";
import { by, element, remake } from "./dom.js";
import { Coverage } from "./coverage.js";
import { Endpoints } from "./endpoints.js";
import { Events } from "./events.js";
import { Failures } from "./failures.js";
import { authorization, follow } from "./feed.js";
import { Group } from "./group.js";
import { Header } from "./header.js";
import { Overview } from "./overview.js";
import { People } from "./people.js";
import { Run } from "./run.js";
import { Runs } from "./runs.js";
import { Scripts } from "./scripts.js";
import { Session } from "./session.js";
import { Steps } from "./steps.js";
import { Strip } from "./strip.js";
import { Tabs } from "./tabs.js";
import { Tiles } from "./tiles.js";
import { Versions } from "./versions.js";

const THEME = "throng-theme";
const LAST_MINUTE = 60;
const told = by("data") ? JSON.parse(by("data").textContent) : null;

const run = new Run();
run.frozen = Boolean(told);
const session = new Session();
const group = new Group(run, (from, to) => choose(from === undefined ? null : { from, to }));
charts(by("charts"), group);
const open = (path, line) => {
  location.hash = "#scripts";
  scripts?.open(path, line);
};
const header = new Header(session);
const strip = new Strip(session);
const scripts = told ? null : new Scripts(session);
const controls = told ? null : new Controls(session);
const people = told ? null : new People(session);
const [tiles, overview, endpoints, coverage, steps] = [new Tiles(), new Overview(), new Endpoints(), new Coverage(), new Steps()];
const failures = new Failures(examples, open);
const events = new Events();
const runs = told ? null : new Runs(session);
const views = { overview: { show: () => { overview.show(run); group.draw(); } }, endpoints: { show: (now) => { endpoints.show(now); coverage.show(now); } }, steps, failures, people, scripts: new Versions(session, open), events: { show: (now) => { events.show(now); runs?.show(now); } }, controls };
const tabs = new Tabs((name) => {
  if (run.now) views[name]?.show(run);
  if (name === "scripts") scripts?.first();
}, Boolean(told));
session.changed(() => run.now && strip.show(run));

function notice(text) {
  by("notice").hidden = !text;
  remake(by("notice"), text ?? "", () => [text ?? ""]);
}

/** The groups of failures with their examples. */
async function examples() {
  if (told) return told.failures;
  try {
    return await (await fetch("/api/v1/failures", { headers: authorization(session.token()), cache: "no-store" })).json();
  } catch {
    return { error: "throng does not respond" };
  }
}

/** A part of the run's time on all charts; null: all of it. */
function choose(part) {
  run.choose(part);
  span();
  group.draw();
}

function span() {
  const chosen = run.chosen();
  remake(by("span"), [Boolean(chosen), chosen?.last ?? 0, run.over], () => {
    const button = (words, pressed, part) => element("button", { type: "button", "aria-pressed": String(pressed), onclick: () => choose(part) }, words);
    return [button("last minute", chosen?.last === LAST_MINUTE, { last: LAST_MINUTE }), button(run.over ? "whole run" : "run so far", !chosen, null), ...(chosen && !chosen.last ? [button("part", true, chosen)] : [])];
  });
}

function show() {
  header.show(run);
  strip.show(run);
  tiles.show(run);
  endpoints.note(run);
  const { now } = run;
  const status = now.run.reload_status;
  tabs.badge("endpoints", String(now.endpoints.length + now.more_endpoints || ""));
  tabs.badge("failures", String(now.failure_groups.length || ""), now.failure_groups.length ? "bad" : "");
  tabs.badge("scripts", status.refusal ? "refused" : status.canary ? "canary" : "", status.refusal ? "bad" : "note");
  tabs.badge("events", String(run.marks().length || ""));
  views[tabs.shown]?.show(run);
  if (tabs.shown !== "controls") controls?.show(run);
  document.body.dataset.points = run.points.length;
  document.body.dataset.counted = run.sums().reduce((one, other) => one + other, 0);
  span();
}

const hears = {
  history(past) {
    if (past.points) run.replace(past);
    run.over = false;
    if (run.points.length === 0) notice("The run has just started: its first figures appear within a second.");
    scripts?.list().then(() => tabs.shown === "scripts" && scripts.first());
  },
  now(now) {
    if (other(now.run.version)) return;
    run.show(now);
    run.over = now.run.phase === "done";
    if (run.points.length > 0) notice();
    scripts?.show(now);
    document.body.dataset.moments = Number(document.body.dataset.moments ?? 0) + 1;
    show();
  },
  end() {
    run.over = true;
    if (run.now) show();
    header.phase("Over", "stop");
  },
  lost(why, status) {
    header.phase(status === 401 ? "Locked" : "Lost", "warn");
    notice(status === 401 ? "This page was opened from another machine: sign in with the run's token to see the run." : `${why}.`);
    if (status === 401 && tabs.shown !== "controls") location.hash = "#controls/token";
  },
  unlocked: session.unlocked,
};

/** The files of this page are those of one version of throng; a run of another one may tell other things. */
function other(version) {
  const ours = document.body.dataset.version ?? version;
  document.body.dataset.version = ours;
  if (ours === version) return false;
  header.phase("Other version", "warn");
  notice(`This run is of throng ${version} and this page of ${ours}: reload the page.`);
  by("notice").append(" ", element("button", { type: "button", class: "low", onclick: () => location.reload() }, "Reload"));
  return true;
}

/** A page from a file may have no storage. */
function stored(name) {
  try {
    if (name) localStorage.setItem(THEME, name);
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  group.draw();
}

theme(stored());
by("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const next = dark ? "light" : "dark";
  stored(next);
  theme(next);
});
new ResizeObserver(() => group.draw()).observe(by("charts"));
/** On paper all views are below each other. */
addEventListener("beforeprint", () => {
  run.printing = true;
  if (run.now) for (const view of Object.values(views)) view?.show(run);
});
addEventListener("afterprint", () => {
  run.printing = false;
  group.draw();
});

if (told) {
  for (const id of ["files", "script"]) by(id).hidden = true;
  run.over = true;
  hears.history(told.history);
  hears.now(told.now);
  hears.end();
} else {
  session.exchange().finally(() => follow(session.token, hears));
}

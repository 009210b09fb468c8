// The live page: what the feed tells goes to the parts of the page.

import { Charts } from "./charts.js";
import { by, say } from "./dom.js";
import { follow } from "./feed.js";
import { History } from "./history.js";
import { Scripts } from "./scripts.js";
import { Steer } from "./steer.js";
import { Tables, overload } from "./tables.js";
import { Tiles } from "./tiles.js";

const THEME = "throng-theme";
const history = new History();
const steer = new Steer();
const scripts = new Scripts(steer);
const [charts, tables, tiles] = [new Charts(by("charts")), new Tables(), new Tiles()];
let [events, incidents] = [[], []];

function notice(text) {
  by("notice").hidden = !text;
  say(by("notice"), text ?? "");
}

function phase(text, color = "") {
  say(by("phase"), text);
  by("phase").className = color;
}

function draw() {
  charts.draw(history.points, events, incidents);
  document.body.dataset.points = history.points.length;
  document.body.dataset.counted = history.sums().reduce((one, other) => one + other, 0);
}

follow(steer.token, {
  history(past) {
    if (past.points) history.replace(past);
    if (history.points.length === 0) notice("The run has just started: its first figures appear within a second.");
    draw();
    scripts.list();
  },
  now(now) {
    events = now.run.reload_status.events;
    incidents = now.run.incidents;
    if (now.point) history.add(now.point);
    if (history.points.length > 0) notice();
    phase(now.run.phase, { running: "good", paused: "warn", stopping: "warn", cleaning: "warn" }[now.run.phase]);
    const overloaded = overload(now.run.health);
    by("overload").hidden = !overloaded;
    say(by("overload"), overloaded ?? "");
    tiles.show(now, history.points.at(-1));
    tables.show(now, (path, line) => scripts.open(path, line));
    scripts.show(now);
    steer.show(now);
    document.body.dataset.moments = Number(document.body.dataset.moments ?? 0) + 1;
    draw();
  },
  end() {
    phase("over");
    notice("The run is over; these are its last figures.");
  },
  lost(why, status) {
    phase(status === 401 ? "locked" : "lost", "bad");
    notice(status === 401 ? "This page was opened from another machine: sign in with the run's token to see the run." : `${why}.`);
  },
  unlocked: steer.unlocked,
});

function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  charts.anew();
}

theme(localStorage.getItem(THEME));
by("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const next = dark ? "light" : "dark";
  localStorage.setItem(THEME, next);
  theme(next);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme());

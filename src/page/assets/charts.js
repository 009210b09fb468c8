// What the charts show.

import { count, rate, share, time } from "./format.js";
import { Heat } from "./heat.js";
import { Plot, stacked } from "./plot.js";
import { element, say } from "./dom.js";

const sum = (values) => values.reduce((one, other) => one + other, 0);
const users = (value) => count(value === null ? null : Math.round(value));
const round = (value) => (value < 10 && value % 1 ? String(Number(value.toPrecision(2))) : count(Math.round(value)));
const seconds = (value) => time(value).replace(/\.0+ |(\.\d*?)0+ /, "$1 ");
/** Types have steps of one hue, so that they are not read as outcomes; more than eight share the last. */
export const ofType = (place) => `a-t${Math.min(place, 7)}`;
export const typesOf = (run) => [...new Set(run.points.flatMap((point) => Object.keys(point.users)))];
/** The limit of the first threshold of the whole run's requests whose measure is this, in its own unit. */
function limitOf(run, measure) {
  const rule = run.now?.run.thresholds.find((one) => new RegExp(`^${measure} [<>]`).test(one.rule));
  return rule ? { value: rule.bound, rule } : null;
}

const crowd = {
  id: "users", title: "Users", note: "by type, and the plan",
  lanes(run) {
    const areas = typesOf(run).map((name, place) => ({ class: ofType(place), values: run.points.map((point) => point.users[name] ?? 0), stepped: true }));
    if (run.points.some((point) => point.away > 0)) areas.push({ class: "a-away", values: run.points.map((point) => point.away), stepped: true });
    const plan = run.points.map((point) => point.planned_users ?? null);
    const line = plan.some((value) => value !== null) ? [{ kind: "line", class: "l-plan", values: plan }] : [];
    return [{ share: 1, show: users, layers: [...stacked(areas), ...line] }];
  },
  legend(run, at) {
    const point = run.points[at];
    const rows = typesOf(run).map((name, place) => ({ class: ofType(place), name, value: point && users(point.users[name] ?? 0) }));
    if (run.points.some((one) => one.away > 0)) rows.push({ class: "a-away", name: "away", value: point && users(point.away) });
    if (run.points.some((one) => (one.planned_users ?? null) !== null)) rows.push({ class: "l-plan", kind: "line", name: "plan", value: point && users(point.planned_users ?? null) });
    return rows;
  },
  total: (run, at) => `total ${users(sum(Object.values(run.points[at].users)))}`,
};

const OUTCOMES = ["ok", "expected", "unexpected", "error", "cancelled"];
const ended = (point, place) => sum(Object.values(point.outcomes).map((counts) => counts[place]));
const requests = {
  id: "requests", title: "Requests/s", note: "by outcome; failures on an axis of their own",
  lanes(run) {
    const series = OUTCOMES.map((name, place) => ({ class: `a-${name}`, values: run.rates((point) => ended(point, place)) }));
    return [
      { share: 0.64, show: round, unit: "answers/s", layers: stacked(series.slice(0, 2)) },
      { share: 0.36, show: round, unit: "failures/s", least: 1, layers: [{ kind: "bars", set: series.slice(2) }] },
    ];
  },
  legend: (run, at) => OUTCOMES.map((name, place) => ({ class: `a-${name}`, name, value: run.points[at] && run.points[at].seconds >= 0.5 ? round(ended(run.points[at], place) / run.points[at].seconds) : null })),
};

/** Of an open crowd: who comes, who finds no place, and what the plan wants. Else: who is new and who comes back. */
const people = {
  id: "people", title: "People", note: "who comes",
  lanes(run) {
    const { points } = run;
    if (points.some((point) => point.arrivals)) {
      const each = (key) => run.rates((point) => point.arrivals?.[key] ?? 0);
      return [{ share: 1, show: round, unit: "arrivals/s", layers: [
        { kind: "line", class: "l-p95", values: each("total") }, { kind: "line", class: "l-dropped", values: each("dropped") },
        { kind: "line", class: "l-plan", values: points.map((point) => point.arrivals?.planned ?? null) }] }];
    }
    if (!points.some((point) => point.people)) return [];
    return [
      { share: 0.5, show: round, unit: "sessions/s", layers: [{ kind: "bars", set: [0, 1].map((place) => ({ class: ["a-new", "a-back"][place], values: run.rates((point) => point.people?.[place] ?? 0) })) }] },
      { share: 0.5, show: users, unit: "away", layers: [{ kind: "line", class: "l-away", values: points.map((point) => point.away) }] },
    ];
  },
  legend(run, at) {
    const point = run.points[at];
    const each = (value) => (point && point.seconds >= 0.5 ? rate(value / point.seconds) : null);
    if (run.points.some((one) => one.arrivals)) return [
      { class: "l-p95", kind: "line", name: "arrivals", value: each(point?.arrivals?.total ?? 0) }, { class: "l-dropped", kind: "line", name: "dropped", value: each(point?.arrivals?.dropped ?? 0) },
      { class: "l-plan", kind: "line", name: "plan", value: point && rate(point.arrivals?.planned ?? null) }];
    return [{ class: "a-new", name: "new", value: each(point?.people?.[0] ?? 0) }, { class: "a-back", name: "returning", value: each(point?.people?.[1] ?? 0) }, { class: "l-away", kind: "line", name: "away", value: point && users(point.away) }];
  },
};

/** Where nobody comes or comes back. */
const connections = {
  id: "connections", title: "Connections", note: "open at the end of each moment",
  lanes: (run) => (people.lanes(run).length ? [] : [{ share: 1, show: users, layers: [{ kind: "line", class: "l-one", values: run.points.map((point) => point.connections), stepped: true }] }]),
  legend: (run, at) => [{ class: "l-one", kind: "line", name: "connections", value: run.points[at] && count(run.points[at].connections) }],
};

const PERCENTILES = ["p50", "p95", "p99"];
const RESPONSE = "response_latency_seconds";
const SERVICE = "latency_seconds";
/** Response or service time, by a switch: thresholds judge service times, so with one those are shown first. */
function latency(redraw) {
  let chosen = null;
  const limit = (run) => limitOf(run, "p95") ?? limitOf(run, "p99");
  const keyOf = (run) => chosen ?? (limit(run) ? SERVICE : RESPONSE);
  const choose = (of) => () => {
    chosen = of;
    redraw();
  };
  const buttons = [[RESPONSE, "Response"], [SERVICE, "Service"]].map(([of, name]) => [of, element("button", { type: "button", onclick: choose(of) }, name)]);
  return {
    id: "latency", title: "Latency", note: " ", tools: [element("span", { class: "seg", role: "group", "aria-label": "Which time" }, ...buttons.map(([, button]) => button))],
    lanes(run) {
      const key = keyOf(run);
      for (const [of, button] of buttons) button.setAttribute("aria-pressed", String(of === key));
      const note = buttons[0][1].closest("figure")?.querySelector("header .wide-only");
      if (note) say(note, key === RESPONSE ? "from the planned moment" : "from the sending");
      const found = key === SERVICE ? limit(run) : null;
      const least = Math.max(0, ...run.points.map((point) => point[key][1] ?? 0));
      return [{ share: 1, show: seconds, least, limit: found && found.value < 20 * (least || found.value) ? { value: found.value, words: `limit ${found.rule.rule.split(" ")[0]} ${seconds(found.value)}` } : null,
        layers: [0, 2, 1].map((place) => ({ kind: "line", class: `l-${PERCENTILES[place]}`, values: run.points.map((point) => point[key][place]) })) }];
    },
    legend(run, at) {
      const [key, found] = [keyOf(run), limit(run)];
      return [...PERCENTILES.map((name, place) => ({ class: `l-${name}`, kind: "line", name, value: run.points[at] && time(run.points[at][key][place]) })),
        ...(found && key === SERVICE ? [{ class: "limit", kind: "line", name: "limit", value: seconds(found.value), fixed: true }] : [])];
    },
  };
}

/** A thread's share of a core, and the lag of timers, beyond which the generator is overloaded. */
const [THREAD_LIMIT, LAG_LIMIT] = [0.85, 0.01];
const generator = {
  id: "generator", title: "Load generator", note: "may the figures be believed",
  lanes(run) {
    const lag = run.points.map((point) => point.lag_p99_seconds);
    return [
      { share: 0.5, show: (value) => share(value).replace(".0", ""), unit: "busiest thread, of a core", fixed: 1, limit: { value: THREAD_LIMIT, words: "limit 85 %" }, layers: [{ kind: "line", class: "l-one", values: run.points.map((point) => point.busiest_thread) }] },
      { share: 0.5, show: seconds, unit: "scheduler lag p99", least: 0.012, limit: { value: LAG_LIMIT, words: "limit 10 ms" }, layers: [{ kind: "line", class: "l-one", values: lag }] },
    ];
  },
  legend: (run, at) => [
    { class: "", kind: "none", name: "busiest thread", value: run.points[at] && share(run.points[at].busiest_thread ?? null) },
    { class: "", kind: "none", name: "lag p99", value: run.points[at] && time(run.points[at].lag_p99_seconds) },
  ],
};

export function charts(place, group) {
  for (const spec of [crowd, requests, latency(() => group.draw())]) new Plot(place, spec, group);
  new Heat(place, group, (run) => limitOf(run, "p95") ?? limitOf(run, "p99"));
  for (const spec of [people, connections, generator]) new Plot(place, spec, group);
}

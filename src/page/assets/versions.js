// Versions side by side, the canary under way, and the releases that came.

import { difference, points, times } from "./compare.js";
import { by, element, head, icon, remake } from "./dom.js";
import { failed } from "./figures.js";
import { event } from "./overview.js";
import { NONE, clock, count, of, share, time } from "./format.js";

/** Percentiles with fewer requests say nothing. */
const ENOUGH = { p50: 5, p95: 59, p99: 299 };
const NEWS = ["reload", "canary", "promote", "rollback", "refused", "edit"];

const percentile = (one, name) => (one.requests.total < ENOUGH[name] ? { words: NONE, why: `from ${ENOUGH[name]} requests on` } : { words: time(one[`${name}_seconds`]), value: one[`${name}_seconds`], interval: one.intervals?.[Object.keys(ENOUGH).indexOf(name)] });
const state = (one) => (one.canary ? "canary" : one.current ? "current" : one.previous ? "previous" : "older");

export class Versions {
  /** `open(path, line)` shows a script. */
  constructor(session, open) {
    Object.assign(this, { session, open });
  }

  show(run) {
    const { script_errors: errors, run: now, intervals = [] } = run.now;
    const within = (type, version) => intervals.find((one) => one.type === type && one.version === version)?.service_seconds;
    const versions = { ...run.now.versions, types: run.now.versions.types.map(({ type, versions: all }) => ({ type, versions: all.map((one) => ({ ...one, intervals: within(type, one.version) })) })) };
    remake(by("versions"), versions.types, () => {
      const changed = versions.types.filter((type) => type.versions.length > 1);
      const others = versions.types.filter((type) => type.versions.length === 1);
      return [head("Versions side by side", "whole life of each"), ...changed.map((type) => this.#type(type)), ...(others.length ? [this.#single(others)] : []),
        element("p", { class: "pad dim small" }, element("b", {}, "~"), " no difference that the samples show; in brackets the interval of 95 %. A version is the number of the release that last changed a type.")];
    });
    this.#canary(now.reload_status.canary, versions, run);
    this.#errors(errors, now.reload_status);
    const news = now.reload_status.events.filter(({ what }) => NEWS.includes(what)).slice(-12).reverse();
    remake(by("releases"), news, () => [head("Releases", null, `release ${versions.release}`), news.length ? element("ol", { class: "events" }, ...news.map(({ at_seconds: at, text, by: who, what }) => event({ n: what === "refused" ? "!" : "•", at, tone: what === "refused" ? "bad" : "note", text, by: who }))) : element("p", { class: "pad dim" }, "The scripts are those of the start.")]);
  }

  /** Types that have not changed: a row each. */
  #single(types) {
    const columns = [["type", (type) => type], ["version", (_, one) => `${one.version ? `v${one.version}` : "older"} ${state(one)}`], ["users", (_, one) => count(one.users)], ["failed", (_, one) => share(of(failed(one.requests), one.requests.total))], ["p95", (_, one) => percentile(one, "p95").words], ["script errors", (_, one) => count(one.script_errors)]];
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Types with one version" }, element("table", {}, element("thead", {}, element("tr", {}, ...columns.map(([name]) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...types.map(({ type, versions: [one] }) => element("tr", {}, ...columns.map(([, show], place) => element(place ? "td" : "th", { scope: place ? null : "row" }, show(type, one))))))));
  }

  /** The two newest versions, the old one first. */
  #type({ type, versions }) {
    const two = versions.slice(-2);
    const [old, now] = two;
    const shares = (one) => [failed(one.requests), one.requests.total];
    const rows = [
      ["users", (one) => count(one.users)], ["requests", (one) => count(one.requests.total)], ["failed", (one) => share(of(...shares(one))), () => points(difference(shares(old), shares(now)))],
      ...["p50", "p95", "p99"].map((name) => [name, (one) => percentile(one, name).words, () => (percentile(now, name).why ? { words: percentile(now, name).why, tone: "dim" } : times(percentile(old, name), percentile(now, name)))]),
      ["steps", (one) => count(one.steps)], ["script errors", (one) => count(one.script_errors), () => points(difference([old.script_errors, old.steps], [now.script_errors, now.steps]))],
    ];
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Versions of ${type}` }, element("table", {}, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, type), ...two.map((one) => element("th", { scope: "col" }, `${one.version ? `v${one.version}` : "older"} ${state(one)}`)), element("th", { scope: "col" }, "difference"))),
      element("tbody", {}, ...rows.map(([name, show, compare]) => {
        const found = compare?.();
        return element("tr", {}, element("th", { scope: "row", class: "dim" }, name), ...two.map((one) => element("td", {}, show(one))), element("td", { class: found?.tone ?? "" }, found?.words ?? ""));
      }))));
  }

  #canary(canary, versions, run) {
    const place = by("canary");
    place.hidden = !canary;
    if (!canary) return;
    const steers = Boolean(this.session.token()) && !run.frozen;
    const compared = versions.types.filter(({ type }) => canary.types.includes(type)).map(({ type, versions: all }) => {
      const now = all.find((one) => one.canary);
      const old = all.find((one) => one.current) ?? all.at(-2);
      const slower = now && old ? times(percentile(old, "p95"), percentile(now, "p95")) : { words: "–", tone: "dim" };
      return { type, slower, more: now && old ? points(difference([failed(old.requests), old.requests.total], [failed(now.requests), now.requests.total])) : { words: "–", tone: "dim" }, errors: now?.script_errors ?? 0 };
    });
    remake(place, [canary, compared, steers], () => [head(`Canary: release ${canary.release}`, canary.types.join(", "), `${share(canary.share)} of the users, ${count(canary.users)}`), element("div", { class: "pad stack" },
      element("p", { class: "row" }, element("span", {}, element("b", {}, count(canary.steps)), ` of ${count(canary.steps_needed)} steps`), element("span", { class: "dim" }, canary.left_seconds > 0 ? `${clock(canary.left_seconds)} left` : "until the steps are made")),
      element("progress", { class: "big", max: canary.steps_needed || 1, value: canary.steps, "aria-label": "Steps of the canary" }),
      element("ul", { class: "gates" }, ...compared.flatMap(({ type, more, slower, errors }) => [[`${type}: failures`, more.words, more.tone], [`${type}: p95`, slower.words, slower.tone], [`${type}: script errors`, count(errors), errors ? "bad" : ""]]).map(([name, words, tone]) => element("li", {}, words === "–" ? icon("off", "dim") : icon(tone === "bad" ? "bad" : "ok", tone === "bad" ? "bad" : "good"), element("span", {}, name), element("b", { class: tone }, words)))),
      steers ? element("p", { class: "row" }, element("button", { type: "button", class: "primary", onclick: () => this.session.post("promote") }, "Promote now"), element("button", { type: "button", class: "danger", onclick: () => this.session.post("rollback") }, "Roll back")) : null)]);
  }

  /** Script errors, and why the scripts as they are now were refused: both lead to the line. */
  #errors(errors, { refusal }) {
    const refused = refusal?.faults ?? [];
    const line = (place, why, more, tone) => {
      const link = /^(.+?):(\d+)/.exec(place);
      const where = link ? element("button", { type: "button", class: "plain mono", onclick: () => this.open(link[1], Number(link[2])) }, place) : element("b", {}, place);
      return element("li", {}, icon(tone === "bad" ? "bad" : "warn", tone), element("span", {}, where, ` ${why}`), element("span", { class: "dim small" }, more));
    };
    remake(by("errors"), [errors, refused, refusal?.at_seconds], () => [head("Script errors", null, refused.length ? element("span", { class: "count bad" }, "refused") : null),
      refused.length ? element("p", { class: "pad bad" }, `Saved at ${clock(refusal.at_seconds)} and refused; users continue with the previous scripts. Save again, and it is tried at once.`) : null,
      refused.length || errors.length ? element("ul", { class: "rules" }, ...refused.map(({ place, cause }) => line(place, cause, "refused", "bad")), ...errors.map((one) => line(one.place, one.message, `${count(one.count)} times, ${one.type} version ${one.version}`, "warn"))) : element("p", { class: "pad dim" }, "None so far.")].filter(Boolean));
  }
}

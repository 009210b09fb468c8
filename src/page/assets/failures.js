// Failures: why. A row for each reason and endpoint, with its course and one example in full.

import { by, element, head, icon, remake, say } from "./dom.js";
import { legend } from "./endpoints.js";
import { request, timeline } from "./figures.js";
import { clock, count, of, share, time, wall } from "./format.js";

const ICONS = { unexpected: ["bad", "bad"], error: ["warn", "warn"] };
/** What the codes of HTTP are called. */
const STATUSES = { 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 410: "Gone", 413: "Content Too Large", 422: "Unprocessable Content", 423: "Locked", 429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout" };

/** `503 Service Unavailable`, `200: sold out`, `timeout`. */
export function named(reason) {
  const [, status, rest] = /^status (\d+)(.*)$/.exec(reason) ?? [];
  return status ? `${status}${rest || (STATUSES[status] ? ` ${STATUSES[status]}` : "")}` : reason;
}

const keyOf = (group) => `${group.reason}\n${group.method}\n${group.name}`;
const span = (group) => `${clock(group.first_seconds)} – ${clock(group.last_seconds)}`;

/** A failed request as a command: what was masked is masked there too. */
export function curl(request) {
  const [first, ...lines] = request.split("\n");
  const found = /^(\S+) (\S+)$/.exec(first);
  if (!found) return null;
  const end = lines.findIndex((line) => line === "");
  const headers = (end < 0 ? lines : lines.slice(0, end)).filter((line) => /^[\w-]+: /.test(line) && !/^(content-length|host|connection|accept-encoding): /i.test(line));
  const body = end < 0 ? "" : lines.slice(end + 1).join("\n");
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  return [`curl -i -X ${found[1]} ${quoted(found[2])}`, ...headers.map((line) => `-H ${quoted(line)}`), ...(body ? [`--data-raw ${quoted(body)}`] : [])].join(" \\\n  ");
}

export class Failures {
  #groups = new Map();

  /** `ask()` fetches the groups with their examples; `open(path, line)` shows a script. */
  constructor(ask, open) {
    Object.assign(this, { ask, open });
    this.count = element("span", { class: "count" });
    this.list = element("div", {});
    this.none = element("p", { class: "pad dim" }, "No request has failed so far.");
    this.when = element("span", {});
    this.titles = element("div", { class: "group-head", "aria-hidden": "true" }, element("span"), element("span", {}, "reason"), element("span", {}, "endpoint"), this.when, element("span", { class: "end" }, "count"), element("span", { class: "end" }, "share"), element("span", { class: "end" }, "first – last"), element("span"));
    this.spared = element("p", { class: "pad dim" });
    by("failures").append(element("section", { class: "card" }, element("header", {}, element("h2", {}, "Failures"), this.count, element("span", { class: "dim wide-only" }, "by reason and endpoint"), element("span", { class: "right" }, legend())), this.titles, this.list, this.none, this.spared));
  }

  show(run) {
    this.run = run;
    const { failure_groups: groups, run: { protection, requests, elapsed_seconds: end } } = run.now;
    const all = requests.unexpected + requests.error;
    say(this.count, count(all));
    this.count.className = `count${all ? " bad" : ""}`;
    [this.none.hidden, this.titles.hidden] = [groups.length > 0, groups.length === 0];
    say(this.when, `when, 0:00 to ${clock(end)}`);
    const keys = new Set(groups.map(keyOf));
    for (const [key, one] of this.#groups) if (!keys.has(key)) { one.remove(); this.#groups.delete(key); }
    for (const group of groups) {
      const key = keyOf(group);
      if (!this.#groups.has(key)) this.#groups.set(key, this.#make(group));
      this.#fill(this.#groups.get(key), group, all, end);
    }
    const sorted = groups.map((group) => this.#groups.get(keyOf(group)));
    // What is in its place stays there: focus would be lost.
    sorted.forEach((one, place) => this.list.children[place] !== one && this.list.insertBefore(one, this.list.children[place] ?? null));
    const spared = [[protection.breaker.not_sent, "not sent because a circuit was open"], [requests.cancelled, "cancelled by a stop or a reload"]].filter(([many]) => many > 0);
    say(this.spared, spared.length ? `Beside them: ${spared.map(([many, why]) => `${count(many)} ${why}`).join(", ")}.` : "");
    this.spared.hidden = spared.length === 0;
  }

  #make(group) {
    const [name, tone] = ICONS[group.outcome] ?? ["off", "dim"];
    const place = element("details", { class: "group" }, element("summary", {}, icon(name, tone), element("b", { title: named(group.reason) }, named(group.reason)), element("span", { class: "where" }), element("span"), element("b", { class: "end" }), element("span", { class: "end extra dim" }), element("span", { class: "end extra dim" }), icon("open", "s opens-group")), element("div", { class: "inside" }));
    place.addEventListener("toggle", () => place.open && this.#example(place, group));
    return place;
  }

  #fill(place, group, all, end) {
    const [, , where, course, many, part, when] = place.firstChild.children;
    remake(where, [group.incident], () => [request(group), ...(group.incident ? [" ", element("span", { class: "count note" }, group.incident)] : [])]);
    const key = JSON.stringify([group.counts, group.stride, Math.ceil(end / group.stride)]);
    if (course.dataset?.key !== key) {
      const drawn = timeline(group, end);
      drawn.dataset.key = key;
      course.replaceWith(drawn);
    }
    say(many, count(group.count));
    say(part, share(of(group.count, all)));
    say(when, span(group));
  }

  /** The example as it was when the row was opened: it does not change under the eyes of its reader. */
  async #example(place, group) {
    const inside = place.lastChild;
    if (!inside.firstChild) inside.append(element("p", { class: "dim" }, "…"));
    const answer = await this.ask();
    const found = (answer.groups ?? []).find((one) => keyOf(one) === keyOf(group));
    inside.replaceChildren(...(found?.example ? this.#shown(found) : [element("p", { class: "dim" }, answer.error ?? "No example of these was noted.")]));
  }

  #shown({ example, count: many }) {
    const at = `The newest of ${count(many)}: ${clock(example.at_seconds)}${wall(this.run.wall(example.at_seconds))}. Secrets are masked.`;
    const script = /^(.+?):(\d+)$/.exec(example.place ?? "");
    const place = script ? (this.run.frozen ? element("code", {}, example.place) : element("button", { type: "button", class: "plain mono", onclick: () => this.open(script[1], Number(script[2])) }, example.place)) : null;
    const trace = example.trace_id ? (example.trace_url ? element("a", { href: example.trace_url, target: "_blank", rel: "noopener noreferrer", class: "mono trace" }, example.trace_id, " ", icon("out", "s")) : element("code", { class: "trace" }, example.trace_id)) : null;
    const rows = [["user", example.user || example.type], ["step", example.step && element("code", {}, example.step)], ["line", place], ["version", example.version ? `${example.version} of ${example.type}` : null], ["why", example.text], ["trace", trace]];
    const command = curl(example.request);
    const copy = element("button", { type: "button", class: "low", onclick: async () => {
      await navigator.clipboard.writeText(command);
      copy.textContent = "Copied";
    } }, "Copy");
    const body = (text, none) => element("pre", { tabindex: "0" }, text || none);
    return [element("p", { class: "dim" }, at), element("div", { class: "two" },
      element("div", { class: "stack" }, element("h3", {}, "Request"), body(example.request, "nothing was sent"), element("h3", {}, "Response", element("span", { class: "dim" }, example.service_seconds === null ? "" : ` after ${time(example.service_seconds)}`)), body(example.response, "none")),
      element("div", { class: "stack" }, element("h3", {}, "Where it comes from"), element("dl", { class: "facts" }, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
        ...(command ? [element("h3", {}, "As curl", navigator.clipboard && !this.run.frozen ? copy : null), body(command, "")] : [])))];
  }
}

// Everything that was done to the run, and how the load generator does.

import { by, element, head, remake } from "./dom.js";
import { event } from "./overview.js";
import { bytes, count, cpu, share, time, wall } from "./format.js";

export class Events {
  show(run) {
    const { reload_status: status } = run.now.run;
    const marks = new Map(run.marks().map((mark) => [`${mark.at} ${mark.text}`, mark]));
    const rows = status.events.map(({ at_seconds: at, what, text, by: who }) => {
      const mark = marks.get(`${at} ${text}`);
      return { at, what, text, by: who, n: mark?.n ?? "", tone: mark?.tone ?? "none", wall: run.wall(at) };
    });
    remake(by("log"), rows.map((row) => [row.at, row.text, row.n]), () => [head("Events", "newest first"), rows.length ? element("ol", { class: "events" }, ...rows.reverse().map((row) => event({ ...row, text: `${row.text}${wall(row.wall)}` }, row.n ? `event-${row.n}` : null))) : element("p", { class: "pad dim" }, "None so far.")]);
    this.#health(run.now);
  }

  #health({ run: { health, protection }, generator }) {
    const breakers = protection.breaker.scopes.map((one) => `${one.name} ${one.state.replace("_", " ")}`);
    const reasons = generator?.reasons ?? [];
    const rows = [
      ["verdict", generator?.verdict ?? null], ...reasons.map((one) => ["because", one.text]),
      ["overloaded", `${count(health.overloaded_seconds)} of ${count(health.judged_seconds)} s`],
      ["scheduler lag", `p99 ${time(health.lag_p99_seconds)}, at most ${time(health.lag_seconds)}`], ["CPU", health.cpu === null ? "unknown" : `${cpu(health.cpu)} of a core, busiest thread ${share(health.busiest_thread)}`],
      ["connections", count(health.connections)], ["Lua", `${count(health.vms)} VMs with ${bytes(health.lua_memory)}`],
      ["throttled", protection.throttled.requests ? `${count(protection.throttled.requests)} requests for ${time(protection.throttled.seconds)}` : null], ["retries", protection.retries ? count(protection.retries) : null],
      ["load shedding", protection.degradation.steps_skipped ? `level ${protection.degradation.level}, ${count(protection.degradation.steps_skipped)} steps skipped` : null],
      ["Circuit breakers", breakers.length ? breakers.join(", ") : null], ...(generator?.not_sent ?? []).map((one) => ["not sent", `${count(one.count)}: ${one.reason}`]),
    ].filter(([, value]) => value);
    remake(by("health"), rows, () => [head("Load generator", "and what spared the target"), element("dl", { class: "facts pad" }, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))]);
  }
}

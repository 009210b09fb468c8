"""A run: rate, errors and duration of its requests first, then whether it holds its thresholds, who made them, and whether the
generator's own figures can be believed."""

from build import (
    CANCELLED, GREEN, JOB, LIMIT, OF_RUN, OUTCOMES, QUANTILES, RED, RESULTS, SESSIONS, SHARES, TIMES, UNEXPECTED, YELLOW, dashboard, heat, limits, lines, page, percentiles,
    query, row, stat, states, table, variable,
)
from run_marks import marks, variables

SERVICE = "throng_request_duration_seconds"
RESPONSE = "throng_response_duration_seconds"
STEPS = "throng_steps_total"
STEP_DURATION = "throng_step_duration_seconds"
JOURNEYS = "throng_journeys_total"
JOURNEY_DURATION = "throng_journey_duration_seconds"
NOT_DONE = 'result=~"failed|error"'
LAG = "throng_scheduler_lag_seconds"
FAILED = 'outcome=~"unexpected|error"'
# What is chosen above: requests have a type and a name, the rest of a run a type or neither.
OF_TYPE = 'type=~"$type"'
OF_NAME = 'type=~"$type", name=~"$name"'
# A core of which more is used by one thread is a generator that cannot keep up.
BUSY = 0.85


def rate(metric, by, more):
    return f"sum by ({by}) (rate({metric}{{{JOB}, {more}}}[$__rate_interval]) {OF_RUN})"


def total_rate(metric, more=""):
    more = f", {more}" if more else ""
    return f"sum(rate({metric}{{{JOB}{more}}}[$__rate_interval]) {OF_RUN})"


def now(metric, by="", how="sum", more=""):
    by, more = f" by ({by})" if by else "", f", {more}" if more else ""
    return f"{how}{by} ({metric}{{{JOB}{more}}} {OF_RUN})"


def quantile(share, metric, by, more):
    by = f"{by}, le" if by else "le"
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket{{{JOB}, {more}}}[$__rate_interval]) {OF_RUN}))"


def part(metric, by, chosen, bad):
    """The share of the bad ones; 0 where there are others only."""
    bad = rate(metric, by, f"{chosen}, {bad}")
    return f"({bad} or 0 * {rate(metric, by, chosen)}) / {rate(metric, by, chosen)}"


def red():
    failures = f"({total_rate('throng_requests_total', f'{OF_NAME}, {FAILED}')} or vector(0)) / {total_rate('throng_requests_total', OF_NAME)}"
    return [
        row("Rate, errors, duration"),
        lines("Rate", "Requests/s by outcome; unexpected and error are failures. Dashed: thresholds on the rate.", "reqps", [
            query(rate("throng_requests_total", "outcome", OF_NAME), "{{outcome}}"),
        ], width=8, height=9, stack=True, limit=limits("rate"), colors=OUTCOMES),
        lines("Errors", "Share of the requests with a status that no script expects, or without a response. Dashed: thresholds.", "percentunit", [
            query(failures, "failures"),
        ], width=8, height=9, limit=limits(SHARES), colors={"failures": UNEXPECTED}),
        lines("Duration", "Service time: from sending to the last byte. Dashed: thresholds.", "s",
              percentiles(SERVICE, f"{JOB}, {OF_NAME}", of=OF_RUN), width=8, height=9, limit=limits(TIMES), colors=QUANTILES),
        stat("Users", "Users alive.", "short", now("throng_users", more=OF_TYPE), width=3),
        stat("Requests", "Requests/s that ended.", "reqps", total_rate("throng_requests_total", OF_NAME), width=3),
        stat("Failures", "Share of the requests that failed.", "percentunit", failures, width=3),
        stat("p95", "Service time of 95 of 100 requests.", "s", quantile(0.95, SERVICE, "", OF_NAME), width=3),
        stat("Thresholds failing", "Thresholds (--fail-if) that fail the run as it is now.", "short",
             f"count(throng_threshold_ok{{{JOB}}} {OF_RUN} == 0) or 0 * count(throng_threshold_ok{{{JOB}}} {OF_RUN})", [(RED, 1)], width=3, decimals=0),
        stat("Overloaded", "Share of the seconds in which the generator was overloaded: the figures of these say less about the target.", "percentunit",
             f"{now('throng_generator_overloaded_seconds_total')} / {now('throng_generator_judged_seconds_total')}", [(YELLOW, 0.01), (RED, 0.05)], width=3),
        stat("Generator CPU", "CPU time of throng in per cent of a core: 200 % is two whole cores.", "percentunit", now("throng_cpu_ratio"), width=3),
        stat("Breakers open", "Circuit breakers that keep users from a host or an endpoint.", "short",
             f"sum(throng_breaker_state{{{JOB}}} {OF_RUN} == bool 2) or vector(0)", [(YELLOW, 1), (RED, 5)], width=3, decimals=0),
    ]


def verdicts():
    return [
        row("Thresholds and phases"),
        states("Thresholds", "Each threshold (--fail-if): green while it passes. There is nothing where there was nothing to measure, which is no pass.", [
            query(now("throng_threshold_ok", "rule", "min"), "{{rule}}"),
        ], [(1, "passes", GREEN), (0, "fails", RED)], width=16),
        states("Phase", "What the run does.", [
            query(f"{now('throng_run_phase', 'phase', 'max')} > 0", "{{phase}}"),
        ], [(1, "", "blue")], width=8),
    ]


def endpoints():
    return [
        row("Endpoints"),
        table("Endpoints", "Each request by its name, over the last scrapes. A name chooses it for the whole page.", [
            ("failures/s", "reqps", rate("throng_requests_total", "name", f"{OF_NAME}, {FAILED}")),
            ("requests/s", "reqps", rate("throng_requests_total", "name", OF_NAME)),
            ("p95", "s", quantile(0.95, SERVICE, "name", OF_NAME)),
            ("p99", "s", quantile(0.99, SERVICE, "name", OF_NAME)),
        ], ["name"], width=12, links={"name": ("Only ${__value.text}", "/d/throng-run?${__url_time_range}&${job:queryparam}&${run:queryparam}&${type:queryparam}&var-name=${__value.text:percentencode}")}),
        lines("Failures by request", "Failures a second of the ten requests that fail most.", "reqps", [
            query(f"topk(10, {rate('throng_requests_total', 'name, status', f'{OF_NAME}, {FAILED}')})", "{{name}} {{status}}"),
        ], height=9),
        heat("Service time, heat map", "Requests/s by service time.", SERVICE, f"{JOB}, {OF_NAME}", of=OF_RUN),
        lines("Response time", "From the planned moment of sending, of the chosen types: it grows when users wait for their turn.", "s",
              percentiles(RESPONSE, f"{JOB}, {OF_TYPE}", of=OF_RUN), colors=QUANTILES),
        lines("Rate by type", "Requests/s.", "reqps", [query(rate("throng_requests_total", "type", OF_NAME), "{{type}}")], stack=True,
              shades=True),
        lines("Checks", "Share of each check that failed.", "percentunit", [
            query(f"(sum by (name) (rate(throng_checks_total{{{JOB}, result=\"failed\"}}[$__rate_interval]) {OF_RUN})) / "
                  f"sum by (name) (rate(throng_checks_total{{{JOB}}}[$__rate_interval]) {OF_RUN})", "{{name}}"),
        ]),
    ]


def steps():
    return [
        row("Steps and journeys"),
        lines("Steps", "Steps a second by how they ended; failed is the target, error the script.", "ops", [
            query(rate(STEPS, "result", OF_TYPE), "{{result}}"),
        ], width=8, stack=True, colors=RESULTS),
        lines("Duration of steps, p95", "Without pauses, of the ten slowest steps. Dashed: thresholds.", "s", [
            query(f"topk(10, {quantile(0.95, STEP_DURATION, 'type, step', OF_TYPE)} > 0)", "{{type}} {{step}}"),
        ], width=8, limit=limits(TIMES, "step")),
        lines("Failed steps", "Share of the steps in which a request or a check failed or the script raised an error, of the ten that fail most. "
              "Dashed: thresholds.", "percentunit", [
                  query(f"topk(10, {part(STEPS, 'type, step', OF_TYPE, NOT_DONE)} >= 0)", "{{type}} {{step}}"),
              ], width=8, limit=limits(SHARES, "step")),
        table("Steps by type", "Each step of each type, over the last scrapes: what users do, and how long that takes them without pauses.", [
            ("steps/s", "ops", rate(STEPS, "type, step", OF_TYPE)),
            ("failures/s", "ops", rate(STEPS, "type, step", f"{OF_TYPE}, {NOT_DONE}")),
            ("p95", "s", quantile(0.95, STEP_DURATION, "type, step", OF_TYPE)),
            ("p99", "s", quantile(0.99, STEP_DURATION, "type, step", OF_TYPE)),
        ], ["type", "step"], width=12),
        table("Journeys", "The funnel of each journey since the run began: those that ended neither finished nor are under way were lost.", [
            ("begun", "short", now("throng_journeys_begun_total", "type, journey", more=OF_TYPE)),
            ("finished", "short", now("throng_journeys_finished_total", "type, journey", more=OF_TYPE)),
            ("ended", "short", now(JOURNEYS, "type, journey", more=OF_TYPE)),
            ("p95", "s", quantile(0.95, JOURNEY_DURATION, "type, journey", OF_TYPE)),
        ], ["type", "journey"], width=12),
        lines("Journeys by how they ended", "Journeys a second.", "ops", [
            query(rate(JOURNEYS, "result", OF_TYPE), "{{result}}"),
        ], stack=True, colors=RESULTS),
        lines("Duration of journeys, p95", "With all pauses. Dashed: thresholds.", "s", [
            query(f"{quantile(0.95, JOURNEY_DURATION, 'type, journey', OF_TYPE)} > 0", "{{type}} {{journey}}"),
        ], limit=limits(TIMES, "journey")),
    ]


def users():
    return [
        row("Users"),
        lines("Users by type", "Users alive, those away between two sessions, and the target number of all of them (none in an open crowd).", "short", [
            query(now("throng_users", "type", more=OF_TYPE), "{{type}}"),
            query(now("throng_users_away", more=OF_TYPE), "away"),
            query(now("throng_setting_users", how="max"), "target"),
        ], stack=True, steps=True, over=["target"], shades=True, colors={"away": CANCELLED, "target": LIMIT}),
        lines("Sessions", "Sessions that ended, a second: completed, failed, interrupted.", "ops", [
            query(rate("throng_sessions_total", "result", OF_TYPE), "{{result}}"),
        ], stack=True, colors=SESSIONS),
        lines("People", "Sessions that new people and people who came back began, a second, and people who are lost.", "ops", [
            query(rate("throng_people_total", "kind", OF_TYPE), "{{kind}}"),
        ]),
        lines("Arrivals", "Of an open crowd: arrivals a second, those that were dropped, and the target.", "ops", [
            query(f"{total_rate('throng_arrivals_total', OF_TYPE)} or vector(0)", "arrivals"),
            query(f"{total_rate('throng_arrivals_dropped_total', OF_TYPE)} or vector(0)", "dropped"),
            query(f"{now('throng_setting_arrivals', how='max')} or vector(0)", "target"),
        ], over=["target"], colors={"dropped": UNEXPECTED}),
    ]


def scripts():
    versions = "throng_version_requests_total"
    return [
        row("Scripts"),
        lines("Version by type", "The version that new sessions get; it rises with a reload.", "short", [
            query(now("throng_script_version", "type", "max", OF_TYPE), "{{type}}"),
        ], steps=True, width=8),
        lines("Reloads", "What came of changed scripts.", "short", [
            query(now("throng_script_reloads_total", "result"), "{{result}}"),
        ], steps=True, width=8),
        lines("Script errors", "Errors a second that scripts raise.", "ops", [
            query(rate("throng_script_errors_total", "type", OF_TYPE), "{{type}}"),
        ], width=8),
        lines("Failures by version", "Share of the requests that fail, old beside new.", "percentunit", [
            query(part(versions, "type, version", OF_TYPE, FAILED), "{{type}} {{version}}"),
        ]),
        lines("Service time by version, p95", "Old beside new.", "s", [
            query(quantile(0.95, "throng_version_request_duration_seconds", "type, version", OF_TYPE), "{{type}} {{version}}"),
        ]),
    ]


def protection():
    return [
        row("What is done to spare the target"),
        lines("Throttled", "Requests/s that throng itself throttled, by what.", "reqps", [
            query(f"sum by (by) (rate(throng_throttled_requests_total{{{JOB}}}[$__rate_interval]) {OF_RUN})", "{{by}}"),
        ], width=8),
        states("Breakers", "Circuit breakers of hosts and endpoints that ever opened.", [
            query(now("throng_breaker_state", "kind, scope", "max"), "{{scope}}"),
        ], [(0, "closed", GREEN), (1, "half open", YELLOW), (2, "open", RED)], width=8),
        lines("Retries and skipped steps", "Retried requests and skipped heavy steps, per second.", "ops", [
            query(total_rate("throng_retries_total"), "retries"), query(total_rate("throng_steps_skipped_total"), "skipped steps"),
        ], width=8),
    ]


def generator():
    return [
        row("Health of the generator"),
        lines("CPU", "CPU time in per cent of a core: all of throng, and its busiest thread, which cannot use more than 100 %. Over the dashed line the "
              "generator is overloaded.", "percentunit", [
                  query(now("throng_cpu_ratio"), "throng"),
                  query(now("throng_busiest_thread_cpu_ratio", how="max"), "busiest thread"),
                  query(f"vector({BUSY})", "limit of a thread"),
              ], width=8, over=["limit of a thread"], colors={"limit of a thread": YELLOW}),
        lines("Lag", "How late the timers of the shards fire. Over the dashed line the generator is overloaded.", "s",
              [*percentiles(LAG, JOB, of=OF_RUN), query("vector(0.01)", "limit of p99")], width=8, over=["limit of p99"], colors={**QUANTILES, "limit of p99": YELLOW}),
        heat("Lag, heat map", "Timers a second by how late they fired.", LAG, JOB, width=8, of=OF_RUN),
        lines("Connections", "Connections to the target that are open.", "short", [query(now("throng_open_connections"), "open")]),
        lines("Lua memory", "Memory that the Lua VMs of all shards hold.", "bytes", [query(now("throng_lua_memory_bytes"), "Lua")]),
    ]


def make():
    chosen = [
        variable("type", "Type", f'throng_users{{{JOB}}}, type', multi=True),
        variable("name", "Name", f'throng_requests_total{{{JOB}, type=~"$type"}}, name', multi=True),
    ]
    return dashboard(
        "throng-run", "Throng run", "What the target made of a run, who made the requests, and the health of the generator.", "throng", "throng_build_info",
        [*red(), *verdicts(), *endpoints(), *steps(), *users(), *scripts(), *protection(), *generator()],
        variables=variables(*chosen), annotations=marks(), links=[page()],
    )

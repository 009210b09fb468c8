"""A run: the crowd, what the target made of it, and whether the generator's own figures can be believed."""

from build import GREEN, RED, YELLOW, annotation, dashboard, heat, lines, percentiles, query, row, stat, states, table

JOB = 'job="$job"'
SERVICE = "throng_request_duration_seconds"
RESPONSE = "throng_response_duration_seconds"
STEPS = "throng_steps_total"
STEP_DURATION = "throng_step_duration_seconds"
JOURNEYS = "throng_journeys_total"
JOURNEY_DURATION = "throng_journey_duration_seconds"
NOT_DONE = 'result=~"failed|error"'
LAG = "throng_scheduler_lag_seconds"
FAILED = 'outcome=~"unexpected|error"'


def rate(metric, by, more=""):
    return f"sum by ({by}) (rate({metric}{{{JOB}{more}}}[$__rate_interval]))"


def total_rate(metric, more=""):
    return f"sum(rate({metric}{{{JOB}{more}}}[$__rate_interval]))"


def quantile(share, metric, by=""):
    by = f"{by}, le" if by else "le"
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket{{{JOB}}}[$__rate_interval])))"


def reloads():
    return annotation("Reloads", f"sum by (result) (increase(throng_script_reloads_total{{{JOB}}}[$__interval])) > 0", "scripts {{result}}", "purple")


def incidents(job=JOB):
    return annotation("Incidents", f"max by (incident) (throng_incident{{{job}}}) > 0", "incident {{incident}}", "red")


def make():
    failures = f"{total_rate('throng_requests_total', f', {FAILED}')} / {total_rate('throng_requests_total')}"
    return dashboard(
        "throng-run", "Throng run", "The crowd, what the target made of it, and the health of the generator.", "throng", "throng_build_info",
        [
            stat("Users", "Users alive.", "short", f"sum(throng_users{{{JOB}}})", width=3),
            stat("Requests", "Requests/s that ended.", "reqps", total_rate("throng_requests_total"), width=3),
            stat("Failures", "Share of the requests with a status that no script expects, or without a response.", "percentunit", failures,
                 [(YELLOW, 0.01), (RED, 0.05)], width=3),
            stat("Service time, p99", "From sending to the last byte.", "s", quantile(0.99, SERVICE), [(YELLOW, 0.5), (RED, 2)], width=3),
            stat("Response time, p99", "From the moment when the plan meant to send to the last byte.", "s", quantile(0.99, RESPONSE),
                 [(YELLOW, 0.5), (RED, 2)], width=3),
            stat("Generator lag, p99", "How late timers fire. Seconds in which it is over 10 ms are those of an overloaded generator: the latencies say more about it than about the target.", "s",
                 quantile(0.99, LAG), [(YELLOW, 0.005), (RED, 0.01)], width=3),
            stat("Generator CPU", "Processors in use by throng; 1 is a whole core.", "short", f"sum(throng_cpu_ratio{{{JOB}}})", width=3, decimals=2),
            stat("Breakers open", "Circuit breakers that keep users from a host or an endpoint.", "short",
                 f"sum(throng_breaker_state{{{JOB}}} == bool 2) or vector(0)", [(YELLOW, 1), (RED, 5)], width=3),
            row("Users"),
            lines("Users by type", "Users alive, those away between two sessions, and the target number of all of them (none in an open crowd).", "short", [
                query(f"sum by (type) (throng_users{{{JOB}}})", "{{type}}"),
                query(f"sum(throng_users_away{{{JOB}}})", "away"),
                query(f"max(throng_setting_users{{{JOB}}})", "target"),
            ], stack=True, steps=True, over=["target"]),
            lines("Sessions", "Sessions that ended, a second: completed, failed, interrupted.", "ops", [query(rate("throng_sessions_total", "result"), "{{result}}")], stack=True),
            lines("People", "Sessions that new people and people who came back began, a second, and people who are lost.", "ops", [
                query(rate("throng_people_total", "kind"), "{{kind}}"),
            ]),
            lines("Arrivals", "Of an open crowd: arrivals a second, those that were dropped, and the target.", "ops", [
                query(f"{total_rate('throng_arrivals_total')} or vector(0)", "arrivals"),
                query(f"{total_rate('throng_arrivals_dropped_total')} or vector(0)", "dropped"),
                query(f"max(throng_setting_arrivals{{{JOB}}}) or vector(0)", "target"),
            ], over=["target"]),
            row("Requests"),
            lines("Rate by type", "Requests/s.", "reqps", [query(rate("throng_requests_total", "type"), "{{type}}")], stack=True),
            lines("Outcomes", "Requests/s by outcome; unexpected and error are failures.", "reqps", [
                query(rate("throng_requests_total", "outcome"), "{{outcome}}"),
            ], stack=True),
            lines("Service time", "From sending to the last byte.", "s", percentiles(SERVICE, JOB, (0.5, 0.9, 0.95, 0.99))),
            lines("Response time", "From the planned moment of sending: it grows when users wait for their turn.", "s", percentiles(RESPONSE, JOB, (0.5, 0.9, 0.95, 0.99))),
            heat("Service time, heat map", "Requests/s by service time.", SERVICE, JOB),
            heat("Response time, heat map", "Requests/s by response time.", RESPONSE, JOB),
            table("Endpoints", "Each request by its name, over the last scrapes.", [
                ("requests/s", "reqps", rate("throng_requests_total", "name")),
                ("failures/s", "reqps", rate("throng_requests_total", "name", f", {FAILED}")),
                ("p95", "s", quantile(0.95, SERVICE, "name")),
                ("p99", "s", quantile(0.99, SERVICE, "name")),
            ], ["name"]),
            lines("Failures by request", "Failures a second of the ten requests that fail most.", "reqps", [
                query(f"topk(10, {rate('throng_requests_total', 'name, status', f', {FAILED}')})", "{{name}} {{status}}"),
            ]),
            lines("Checks", "Answers of scripts to their own checks, a second.", "ops", [query(rate("throng_checks_total", "name, result"), "{{name}} {{result}}")]),
            row("Steps and journeys"),
            lines("Steps", "The ten steps that users take most often, a second.", "ops", [
                query(f"topk(10, {rate(STEPS, 'type, step')})", "{{type}} {{step}}"),
            ], width=8),
            lines("Duration of steps, p95", "Without pauses, of the ten slowest steps.", "s", [
                query(f"topk(10, {quantile(0.95, STEP_DURATION, 'type, step')} > 0)", "{{type}} {{step}}"),
            ], width=8),
            lines("Failed steps", "Share of the steps in which a request or a check failed or the script raised an error, of the ten that fail most.", "percentunit", [
                query(f"topk(10, {rate(STEPS, 'type, step', f', {NOT_DONE}')} / {rate(STEPS, 'type, step')} >= 0)", "{{type}} {{step}}"),
            ], width=8),
            table("Steps by type", "Each step of each type, over the last scrapes: what users do, and how long that takes them without pauses.", [
                ("steps/s", "ops", rate(STEPS, "type, step")),
                ("failures/s", "ops", rate(STEPS, "type, step", f", {NOT_DONE}")),
                ("p95", "s", quantile(0.95, STEP_DURATION, "type, step")),
                ("p99", "s", quantile(0.99, STEP_DURATION, "type, step")),
            ], ["type", "step"], width=14),
            table("Journeys", "The funnel of each journey since the run began: those that ended neither finished nor are under way were lost.", [
                ("begun", "short", f"sum by (type, journey) (throng_journeys_begun_total{{{JOB}}})"),
                ("finished", "short", f"sum by (type, journey) (throng_journeys_finished_total{{{JOB}}})"),
                ("ended", "short", f"sum by (type, journey) ({JOURNEYS}{{{JOB}}})"),
                ("p95", "s", quantile(0.95, JOURNEY_DURATION, "type, journey")),
            ], ["type", "journey"], width=10),
            row("Scripts"),
            lines("Version by type", "The version that new sessions get; it rises with a reload.", "short", [
                query(f"max by (type) (throng_script_version{{{JOB}}})", "{{type}}"),
            ], steps=True, width=8),
            lines("Reloads", "What came of changed scripts.", "short", [query(f"sum by (result) (throng_script_reloads_total{{{JOB}}})", "{{result}}")], steps=True, width=8),
            lines("Script errors", "Errors a second that scripts raise.", "ops", [query(rate("throng_script_errors_total", "type"), "{{type}}")], width=8),
            lines("Failures by version", "Share of the requests that fail, old beside new.", "percentunit", [
                query(f"{rate('throng_version_requests_total', 'type, version', f', {FAILED}')} / "
                      f"{rate('throng_version_requests_total', 'type, version')}", "{{type}} {{version}}"),
            ]),
            lines("Service time by version, p95", "Old beside new.", "s", [
                query(quantile(0.95, "throng_version_request_duration_seconds", "type, version"), "{{type}} {{version}}"),
            ]),
            row("What is done to spare the target"),
            lines("Throttled", "Requests/s that throng itself throttled, by what.", "reqps", [query(rate("throng_throttled_requests_total", "by"), "{{by}}")], width=8),
            states("Breakers", "Circuit breakers of hosts and endpoints that ever opened.", [
                query(f"max by (kind, scope) (throng_breaker_state{{{JOB}}})", "{{scope}}"),
            ], [(0, "closed", GREEN), (1, "half open", YELLOW), (2, "open", RED)], width=8),
            lines("Retries and skipped steps", "Retried requests and skipped heavy steps, per second.", "ops", [
                query(total_rate("throng_retries_total"), "retries"), query(total_rate("throng_steps_skipped_total"), "skipped steps"),
            ], width=8),
            row("Health of the generator"),
            lines("Lag", "How late the timers of the shards fire.", "s", percentiles(LAG, JOB)),
            heat("Lag, heat map", "Timers a second by how late they fired.", LAG, JOB),
            lines("CPU", "Processors in use; 1 is a whole core.", "short", [query(f"sum(throng_cpu_ratio{{{JOB}}})", "throng")], width=8),
            lines("Connections", "Connections to the target that are open.", "short", [query(f"sum(throng_open_connections{{{JOB}}})", "open")], width=8),
            lines("Lua memory", "Memory that the Lua VMs of all shards hold.", "bytes", [query(f"sum(throng_lua_memory_bytes{{{JOB}}})", "Lua")], width=8),
        ],
        annotations=[reloads(), incidents()],
    )

"""Old scripts beside new ones."""

from build import JOB, OF_RUN, dashboard, heat, lines, page, query, row, table, variable
from run_marks import marks, variables
from throng_run import FAILED

CHOSEN = 'job="$job", type=~"$type", version=~"$version"'
REQUESTS = "throng_version_requests_total"
TIMES = "throng_version_request_duration_seconds"
BY = "type, version"
LEGEND = "{{type}} {{version}}"


def rate(metric, more=""):
    return f"sum by ({BY}) (rate({metric}{{{CHOSEN}{more}}}[$__rate_interval]) {OF_RUN})"


def whole(metric, more=""):
    return f"sum by ({BY}) ({metric}{{{CHOSEN}{more}}} {OF_RUN})"


def quantile(share, whole_life=False):
    buckets = whole(f"{TIMES}_bucket") if whole_life else rate(f"{TIMES}_bucket")
    return f"histogram_quantile({share}, {buckets.replace(f'by ({BY})', f'by ({BY}, le)')})"


def make():
    return dashboard(
        "throng-versions", "Compare versions", "The versions of the scripts, one beside the other: a version is the release that last changed a type.",
        "throng", "throng_build_info",
        [
            table("Over their whole lives", "Sums since the run began; a version is one state of a type's scripts.", [
                ("requests", "short", whole(REQUESTS)),
                ("failures", "percentunit", f"({whole(REQUESTS, f', {FAILED}')} or 0 * {whole(REQUESTS)}) / {whole(REQUESTS)}"),
                ("p50", "s", quantile(0.5, True)),
                ("p95", "s", quantile(0.95, True)),
                ("p99", "s", quantile(0.99, True)),
                ("steps", "short", whole("throng_version_steps_total")),
                ("script errors", "short", whole("throng_version_script_errors_total")),
                ("users now", "short", whole("throng_users_by_version")),
            ], ["type", "version"], height=10),
            row("Over time"),
            lines("Users", "Users alive by the version that they play.", "short", [query(whole("throng_users_by_version"), LEGEND)], stack=True, shades=True),
            lines("Requests", "Requests/s.", "reqps", [query(rate(REQUESTS), LEGEND)], stack=True, shades=True),
            lines("Failures", "Share of the requests that fail.", "percentunit", [query(f"{rate(REQUESTS, f', {FAILED}')} / {rate(REQUESTS)}", LEGEND)]),
            lines("Script errors", "Errors a second that the scripts raise.", "ops", [query(rate("throng_version_script_errors_total"), LEGEND)]),
            lines("Service time, p50", "Half of the requests are faster.", "s", [query(quantile(0.5), LEGEND)], width=8),
            lines("Service time, p95", "95 of 100 requests are faster.", "s", [query(quantile(0.95), LEGEND)], width=8),
            lines("Service time, p99", "99 of 100 requests are faster.", "s", [query(quantile(0.99), LEGEND)], width=8),
            heat("Service time", "Requests/s of the chosen versions, by service time.", TIMES, CHOSEN, of=OF_RUN),
            lines("Canary", "Users that try a new version.", "short", [query(f"sum(throng_canary_users{{{JOB}}} {OF_RUN})", "canary")], steps=True),
        ],
        variables=variables(
            variable("type", "Type", 'throng_version_requests_total{job="$job"}, type', multi=True),
            variable("version", "Version", 'throng_version_requests_total{job="$job", type=~"$type"}, version', multi=True),
        ),
        annotations=marks(), links=[page()],
    )

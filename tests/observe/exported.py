"""What Prometheus made of it, against the documents, the run's own summary and the service's own counts."""

import collections
import subprocess

import counts
import documents

# Beside the 500 names of requests there is one for those that are too many; the same for the others (docs/metrics.md, Bounds).
CAPS = {
    "count(count by (name) (throng_requests_total))": 501,
    "count(count by (method) (throng_requests_total))": 17,
    "count(count by (name) (throng_checks_total))": 101,
    "max(count by (type) (throng_version_steps_total))": 11,
    "count(throng_breaker_state)": 400,
    "count(throng_script_refused) or vector(0)": 20,
    'count({job="throng"})': 20_000,
    'count({job="user-service"})': 5_000,
}
# What tests/report/exposition.rs and tests/cluster look at.
OF_WORKERS = ("throng_lost_arrivals", "throng_results_gap", "throng_start_skew_seconds", "throng_workers")
OUTCOMES = ("ok", "expected", "unexpected", "error", "cancelled")
PARTS = {"histogram": ("_count", "_sum", "_bucket"), "counter": ("",)}


class Findings:
    """Statements that were checked, and those that do not hold."""

    def __init__(self):
        self.checked, self.wrong = 0, []

    def say(self, holds, what):
        self.checked += 1
        if not holds:
            self.wrong.append(what)

    def equal(self, what, ours, theirs):
        self.say(ours == theirs, f"{what}: {theirs} and not {ours}")


def types(scene, findings, span):
    """Every promised metric is there with its type and its labels, and nothing else is."""
    promised = documents.promised()
    metadata = {**scene.known, **scene.api("metadata")}
    for name, (kind, labels) in promised.items():
        # This crowd is a closed one, on one machine.
        if name.startswith(("throng_arrivals_", "throng_setting_arrivals")) or name in OF_WORKERS:
            continue
        told = metadata.get(name, [])
        findings.equal(f"type of {name}", [kind], sorted({one["type"] for one in told}))
        findings.say(all(one["help"] for one in told), f"{name} has no help")
        sample = f"{name}_count" if kind == "histogram" else name
        seen = scene.query(f"last_over_time({sample}[{span}s])")
        findings.say(seen, f"{name} was never there")
        for metric, _ in seen:
            own = sorted(set(metric) - {"__name__", "job", "instance"})
            findings.say(own == labels, f"labels of {name}: {own} and not {labels}")
    ours = {name for name in metadata if name.startswith(("throng_", "user_service_"))}
    findings.equal("metrics that no document tells", [], sorted(ours - set(promised)))


def never_fall(scene, findings, span):
    for name, (kind, _) in documents.promised().items():
        for part in PARTS.get(kind, ()):
            for metric, falls in scene.query(f"resets({name}{part}[{span}s]) > 0"):
                findings.say(False, f"{name}{part} fell {falls:g} times: {metric}")
            findings.checked += 1


def moved(scene, findings, span):
    """What the run counted was seen while it grew, not only at the end."""
    for name in ("throng_requests_total", "throng_request_duration_seconds_count", "throng_version_steps_total",
                 "user_service_http_requests_total", "user_service_user_operations_total", "user_service_auth_login_attempts_total"):
        most = max((value for _, value in scene.query(f"sum without (status, outcome) (changes({name}[{span}s]))")), default=0)
        findings.say(most >= 10, f"{name} changed {most:g} times only")
    users = [value for _, value in scene.query(f"max_over_time(sum(throng_users)[{span}s:1s]) - min_over_time(sum(throng_users)[{span}s:1s])")]
    findings.say(users and users[0] > 0, "throng_users never changed")


def caps(scene, findings):
    for expr, cap in CAPS.items():
        found = scene.query(expr)
        findings.say(found and found[0][1] <= cap, f"{expr} = {found} and not at most {cap}")


def by(scene, expr, labels):
    """A sum by labels as whole numbers, without the zeros."""
    asked = scene.query(f"sum by ({', '.join(labels)}) ({expr})")
    return {tuple(metric.get(label, "") for label in labels): round(value) for metric, value in asked if value}


def run_equals(scene, summary, findings):
    """At the end Prometheus holds what the summary says."""
    outcomes = {key: summary["requests"][key] for key in OUTCOMES if summary["requests"][key]}
    findings.equal("requests by outcome", {(key,): value for key, value in outcomes.items()}, by(scene, "throng_requests_total", ["outcome"]))
    endpoints = collections.Counter()
    for one in summary["endpoints"]:
        for status, count in one["status"].items():
            endpoints[one["method"], one["name"], str(status)] += count
    findings.equal("requests by endpoint and status", dict(endpoints), by(scene, "throng_requests_total", ["method", "name", "status"]))
    kinds = {(one["name"],): one["requests"]["total"] for one in summary["types"] if one["requests"]["total"]}
    findings.equal("requests by type", kinds, by(scene, "throng_requests_total", ["type"]))
    findings.equal("requests by version's sum", kinds, by(scene, "throng_version_requests_total", ["type"]))
    # What never left is in no time.
    timed = summary["latency_seconds"]["count"]
    findings.say(0 < timed <= summary["requests"]["total"] - summary["requests"]["cancelled"], f"{timed} requests were timed")
    for name in ("throng_request_duration_seconds", "throng_response_duration_seconds", "throng_version_request_duration_seconds"):
        findings.equal(f"{name}_count", {(): timed}, by(scene, f"{name}_count", []))
        findings.equal(f"{name}_bucket to infinity", {(): timed}, by(scene, f'{name}_bucket{{le="+Inf"}}', []))
    sessions = {(key,): value for key, value in summary["sessions"].items() if key in ("completed", "failed", "interrupted") and value}
    findings.equal("sessions", sessions, by(scene, "throng_sessions_total", ["result"]))
    reloads = by(scene, "throng_script_reloads_total", ["result"])
    findings.equal("reloads", {("accepted",): 1, ("refused",): 1, ("unchanged",): 1}, reloads)
    findings.say(by(scene, "throng_script_errors_total", []).get((), 0) > 0, "no error of a script was counted")
    findings.say(by(scene, "throng_breaker_opens_total", []).get((), 0) > 0, "no breaker opened")
    lots = by(scene, "throng_custom_lots_total", [])
    findings.equal("lots", lots, by(scene, "throng_custom_lot_size_count", []))
    findings.equal("checks", lots, by(scene, 'throng_checks_total{result="passed"}', []))
    findings.say(lots, "the script's own metrics counted nothing")


def service_equals(scene, summary, findings):
    """Prometheus holds what the service says, and that is what the run says."""
    text = scene.text("service")
    told = counts.of_target(text)
    told.pop(("GET", "/metrics"), None)
    theirs = {(*endpoint, status): count for endpoint, statuses in told.items() for status, count in statuses.items()}
    findings.equal("the service's requests", theirs, by(scene, 'user_service_http_requests_total{endpoint!="/metrics"}', ["method", "endpoint", "status"]))
    # Where nobody listens there is nobody to count, and who scrapes the service is counted with the crowd.
    outside = [one for one in summary["endpoints"] if one["name"].startswith("http://") or one["name"] == "/metrics"]
    ours = dict(summary, endpoints=[one for one in summary["endpoints"] if one not in outside])
    ours["requests"] = dict(summary["requests"], total=summary["requests"]["total"] - sum(sum(one["status"].values()) for one in outside))
    # The service was there all the time.
    ours["errors"] = []
    for line in counts.Comparison(ours, told).broken:
        findings.say(False, f"service and run: {line}")
    findings.checked += 1


def lint(scene, findings):
    """`promtool check metrics` is silent, but for names that the plan fixed."""
    for name in ("service", "throng"):
        done = subprocess.run(["promtool", "check", "metrics"], input=scene.text(name), capture_output=True, text=True, check=False)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        odd = [line for line in lines if not line.startswith(documents.ODD_GAUGES)]
        findings.equal(f"promtool on the metrics of {name}", [], odd)

"""Requests by endpoint and status: as the run counted them, as its target did, and what must hold between the two.

The target counts every request that reaches it once: by the status of its answer, as 499 when its user was gone before, as `dropped` when its
weather closed the connection. The run counts every request once too, by the status that came, or as `none`. So, for each endpoint:

1. no status was counted more often by the run than by the target: nobody invents answers;
2. what the target counted beyond that (499, dropped, answers that nobody waited for) is at most the run's `none`;
3. where the run has no `none`, the counts are equal to the last one;

and over all of them, the requests that the target never saw are those that found nobody listening, at least, and those whose connection broke, whose
user gave up or that were cut, at most.
"""

import collections
import re

UNANSWERED = ("499", "dropped")
LINE = re.compile(r'^user_service_http_requests_total\{(.*)\} (\d+)$')
LABEL = re.compile(r'(\w+)="([^"]*)"')


def of_target(text):
    """By (method, endpoint), then by status."""
    counts = collections.defaultdict(collections.Counter)
    for line in text.splitlines():
        found = LINE.match(line)
        if found and int(found[2]):
            labels = dict(LABEL.findall(found[1]))
            counts[labels["method"], labels["endpoint"]][labels["status"]] += int(found[2])
    return counts


def of_run(summary):
    counts = collections.defaultdict(collections.Counter)
    for endpoint in summary["endpoints"]:
        counts[endpoint["method"], endpoint["name"]].update(endpoint["status"])
    return counts


def add(totals, more):
    for endpoint, statuses in more.items():
        totals[endpoint].update(statuses)


class Comparison:
    """What holds and what does not."""

    def __init__(self, summary, target):
        run = of_run(summary)
        self.broken = []
        self.sent = sum(sum(statuses.values()) for statuses in run.values())
        self.seen = sum(sum(statuses.values()) for statuses in target.values())
        self.equal = self.unanswered = 0
        for endpoint in sorted(set(run) | set(target)):
            self.one(" ".join(endpoint), run.get(endpoint, {}), target.get(endpoint, {}))
        if self.sent != summary["requests"]["total"]:
            self.broken.append(f"the endpoints have {self.sent} requests and the run {summary['requests']['total']}")
        kinds = collections.Counter()
        for error in summary["errors"]:
            kinds[error["kind"].split(" ")[0]] += error["count"]
        self.connect = kinds["connect"]
        self.never = self.sent - self.seen
        self.most = self.unanswered
        if not self.connect <= self.never <= self.most:
            self.broken.append(
                f"{self.never} requests never came to the target: neither {self.connect} (nobody listened)"
                f" nor up to {self.most} (no answer)"
            )

    def one(self, name, run, target):
        none = run.get("none", 0)
        self.unanswered += none
        beyond = 0
        for status in sorted((set(run) | set(target)) - {"none"}):
            ours, theirs = run.get(status, 0), target.get(status, 0)
            self.equal += min(ours, theirs)
            if ours > theirs:
                self.broken.append(f"{name} {status}: {ours} here, {theirs} there")
            beyond += max(0, theirs - ours)
        if beyond > none:
            self.broken.append(f"{name}: {beyond} more there, and only {none} without an answer here")

    def as_json(self):
        return {
            "sent": self.sent, "seen": self.seen, "equal": self.equal, "unanswered": self.unanswered,
            "never_came": self.never, "nobody_listened": self.connect, "broken": self.broken,
        }

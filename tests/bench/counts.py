"""Requests by endpoint and status: the run's counts, the target's counts, and the rules between the two.

The target counts every request that it receives once: by the status of its response, as 499 when the client had closed the connection before, as
`dropped` when its faults closed it. The run counts every request once, by its status, or as `none`. A request on a kept-alive connection that is
closed without a byte of a response is retried if that is allowed (RFC 9112, 9.3.1): one request of the run, two of the target, the first of them 499
or `dropped`. So, for each endpoint:

1. no status was counted more often by the run than by the target;
2. responses that the target counted beyond the run's are at most the run's `none`: the client was gone before they arrived;
3. so are its 499 and `dropped`, where a request may not be retried;
4. where the run has no `none`, every status is counted equally often on both sides;

and in total, the requests that the target never saw are at least those that could not connect, at most those without a response.
"""

import collections
import re

LOST = ("499", "dropped")
SENT_AGAIN = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
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
    """The rules and their violations."""

    def __init__(self, summary, target):
        run = of_run(summary)
        self.broken = []
        self.sent = sum(sum(statuses.values()) for statuses in run.values())
        self.seen = sum(sum(statuses.values()) for statuses in target.values())
        # Responses counted by both, `none` of the run, responses of the target that the run did not read, and requests without a response.
        self.equal = self.unanswered = self.untaken = self.lost = 0
        # Requests that must have been, and may have been, retried.
        self.again, self.again_at_most = 0, 0
        for endpoint in sorted(set(run) | set(target)):
            self.one(endpoint, run.get(endpoint, {}), target.get(endpoint, {}))
        if self.sent != summary["requests"]["total"]:
            self.broken.append(f"the endpoints have {self.sent} requests and the run {summary['requests']['total']}")
        self.nobody = sum(error["count"] for error in summary["errors"] if error["kind"] == "connect")
        fewest, most = (self.sent - self.seen + again for again in (self.again, self.again_at_most))
        if most < self.nobody or fewest > self.unanswered:
            self.broken.append(
                f"{fewest} to {most} requests never came to the target: neither {self.nobody} (nobody listened)"
                f" nor up to {self.unanswered} (no response)"
            )

    def one(self, endpoint, run, target):
        name, none, untaken = " ".join(endpoint), run.get("none", 0), 0
        for status in sorted((set(run) | set(target)) - {"none", *LOST}):
            ours, theirs = run.get(status, 0), target.get(status, 0)
            self.equal += min(ours, theirs)
            if ours > theirs:
                self.broken.append(f"{name} {status}: {ours} here, {theirs} there")
            untaken += max(0, theirs - ours)
        lost = sum(target.get(status, 0) for status in LOST)
        may_again = lost if endpoint[0] in SENT_AGAIN else 0
        if untaken + lost > none + may_again:
            self.broken.append(f"{name}: {untaken} answers and {lost} losses more there, and only {none} without an answer here")
        self.again += min(may_again, max(0, untaken + lost - none))
        self.again_at_most += may_again
        self.unanswered += none
        self.untaken += untaken
        self.lost += lost

    def as_json(self):
        return {
            "sent": self.sent, "seen": self.seen, "equal": self.equal, "unanswered": self.unanswered, "untaken": self.untaken,
            "lost": self.lost, "nobody_listened": self.nobody, "sent_again_at_least": self.again, "broken": self.broken,
        }

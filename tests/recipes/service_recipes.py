"""What the recipes against the demo service and the GraphQL server must have done, by the summary and by what these say themselves."""

import re
import xml.etree.ElementTree as xml
from collections import Counter

SERVICE, GRAPHQL = {}, {}


def counted(trial, before, after):
    """The service's counters moved by what the summary has, by method and status; nobody else asked it meanwhile."""
    moved = Counter()
    for (method, endpoint, status), count in after.items():
        if endpoint != "/metrics":
            moved[method, status] += count - before.get((method, endpoint, status), 0)
    moved = {key: count for key, count in moved.items() if count}
    trial.need(moved == trial.statuses(), f"the service counted {moved}, and the summary has {trial.statuses()}")


def ci(trial, target):
    # With one thread the most users at a time are known exactly.
    short = "--stage 2s:5,7s:5,1s:0 --spike 4s+2s:300% --think-factor 0.5 --threads 1"
    before = target.counters()
    trial.run(target, short, speed=2)
    trial.fine()
    counted(trial, before, target.counters())
    cases = xml.parse(trial.recipe / "junit.xml").getroot().iter("testcase")
    failed = {case.get("name"): case.find("failure") is not None for case in cases}
    trial.need(len(failed) >= 5 and not any(failed.values()), f"cases of JUnit: {failed}")
    trial.need("<html" in (trial.recipe / "report.html").read_text()[:500].lower(), "the report is no page")
    trial.need(trial.summary["run"]["users_peak"] == 15, f"{trial.summary['run']['users_peak']} users at the spike")
    trial.need([rule["result"] for rule in trial.summary["thresholds"]] == ["passed"] * 5, f"{trial.summary['thresholds']}")
    # A pipeline fails where a threshold does not hold.
    trial.change("scripts/throng.toml", ("p95 > 300ms", "p95 > 1us"))
    trial.run(target, short, speed=4, code=5)


SERVICE["ci"] = ci


def returning(trial, target):
    trial.change("scripts/throng.toml", ("[5, 30]", "[0.5, 1]"))
    accounts = users_of(target)
    before = target.counters()
    trial.run(target, "--ramp 0 --users 6 --sessions 40 --think-factor 0.1", speed=10)
    trial.fine()
    people = trial.summary["people"]
    trial.need(people["returning"] > people["new"] > 0, f"{people}")
    signed_up = trial.count("POST", "/api/v1/users", 201)
    trial.need(signed_up == people["new"], f"{signed_up} accounts of {people['new']} people")
    moved = Counter({key: count - before.get(key, 0) for key, count in target.counters().items()})
    logins = moved["POST", "/api/v1/auth/login", "200"]
    sessions = trial.summary["sessions"]["total"]
    # The clean-up logs in as the administrator.
    trial.need(sessions <= logins <= sessions + 1, f"{logins} logins in {sessions} sessions")
    trial.need(moved["POST", "/api/v1/users", "201"] == signed_up, f"{moved}")
    done, of = map(int, re.search(r"clean-up: (\d+) of (\d+) things deleted", trial.printed).groups())
    trial.need(done == of == signed_up and users_of(target) == accounts, f"{done} of {of} deleted")


def users_of(target):
    """Accounts made less accounts deleted, as the service counts them."""
    made = {"POST /api/v1/users 201": 1, "DELETE /api/v1/users/{id} 200": -1, "DELETE /api/v1/users/{id} 204": -1}
    return sum(made.get(" ".join(key).replace("{user_id}", "{id}"), 0) * count for key, count in target.counters().items())


SERVICE["returning"] = returning


def graphql(trial, target):
    # The server counts the fields of a type from 0, and has its data in memory.
    orders = "{ allOrders { id product customer quantity } }"
    before = target.ask(orders)
    trial.run(target, "--ramp 0 --users 5 --sessions 10 --think-factor 0.1", speed=10)
    trial.fine()
    trial.reached(**{f"POST graphql/{name}": "200" for name in ("Products", "Product", "Order", "Cancel")})
    ordered, cancelled = trial.count("POST", "graphql/Order", 200), trial.count("POST", "graphql/Cancel", 200)
    trial.need(ordered == cancelled == trial.check("the order has its quantity") > 0, f"{ordered} orders, {cancelled} cancelled")
    trial.need(target.ask(orders) == before, "an order is left")
    # What GraphQL reports as an error is a failure of the run, though its status is 200.
    trial.change("scripts/shopper.lua", ("{ id name price }", "{ id title price }"))
    trial.run(target, "--ramp 0 --users 1 --sessions 1 --think-factor 0.1", speed=10)
    reasons = {(group["reason"], group["name"]) for group in trial.summary["failure_groups"]}
    trial.need(any("GraphQL errors" in reason for reason, _ in reasons), f"{reasons}")


GRAPHQL["graphql"] = graphql

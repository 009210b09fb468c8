"""The queries of the dashboards, asked of the real Prometheus."""

import json
import re

from scene import DEPLOY

import documents

FOLDER = DEPLOY / "grafana/dashboards"
# What Grafana escapes in the values of a variable that may have several, for a regular expression in PromQL's quotes.
SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
BUILT_IN = {"__rate_interval": "10s", "__interval": "2s", "__range": "60s"}
LABELS = re.compile(r"^label_values\((.*), *(\w+)\)$")
METRIC = re.compile(r"\b(?:throng|user_service)_\w+")
STEP_SECONDS = 1


def load():
    return [json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))]


def queries(dashboard):
    """Panel and query, annotations included as panels of their own."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel, target
    for one in dashboard["annotations"]["list"]:
        yield {"title": f"annotation {one['name']}", "type": "annotation"}, one


def escaped(value):
    return SPECIAL.sub(lambda found: "\\\\" + found[0], value.replace("\\", "\\\\\\\\"))


def values_of(scene, dashboard, findings, chosen=None):
    """What each variable stands for: all its values, or of a variable that may have several the one that is `chosen`."""
    values = dict(BUILT_IN)
    for one in dashboard["templating"]["list"]:
        if one["type"] == "datasource":
            values[one["name"]] = "throng-prometheus"
            continue
        asked = LABELS.match(filled(one["query"]["query"], values, findings, dashboard))
        found = scene.api(f"label/{asked[2]}/values", **{"match[]": asked[1]})
        findings.say(found, f"{dashboard['title']}: the variable {one['name']} has no value")
        if one["name"] in (chosen or {}):
            findings.say(chosen[one["name"]] in found, f"{dashboard['title']}: {one['name']} cannot be {chosen[one['name']]}, but {found}")
            values[one["name"]] = escaped(chosen[one["name"]])
        else:
            values[one["name"]] = one["allValue"] if one["multi"] else found[0]
    return values


def marks(dashboard, drawn, began, ended, findings):
    """Each annotation fired in the time of the run, also those whose value is the moment."""
    for one in dashboard["annotations"]["list"]:
        for answer in drawn["panels"][f"annotation {one['name']}"]:
            for series in answer["answer"]:
                moments = [float(value) / 1000 if one["useValueForTime"] else float(at) for at, value in series["values"]]
                within = all(began - 5 <= moment <= ended + 5 for moment in moments)
                findings.say(within, f"{dashboard['title']}: {one['name']} fired at {moments[:3]}, and the run was from {began} to {ended}")


def narrowed(scene, dashboard, findings, ended):
    """With one type and one name, one of those that regular expressions read otherwise, there are fewer requests, and still some."""
    names = {one["name"] for one in dashboard["templating"]["list"]}
    if not {"type", "name"} <= names:
        return
    whole = values_of(scene, dashboard, findings)
    one = values_of(scene, dashboard, findings, {"type": "active", "name": "/api/v1/users/{id}"})
    panel = next(panel for panel in dashboard["panels"] if panel["title"] == "Rate")
    expr = re.sub(r"rate\((.*?)\[.*?\]\)", r"\1", panel["targets"][0]["expr"])
    counts = [sum(value for _, value in scene.query(filled(expr, values, findings, dashboard), ended)) for values in (whole, one)]
    ours = sum(value for _, value in scene.query('throng_requests_total{type="active", name="/api/v1/users/{id}"}', ended))
    findings.say(0 < counts[1] < counts[0] and counts[1] == ours, f"{dashboard['title']}: {counts} requests of all and of one name, which has {ours}")


def filled(text, values, findings, dashboard):
    def value(found):
        name = found[1] or found[2]
        findings.say(name in values, f"{dashboard['title']}: nothing is called ${name}")
        return values.get(name, "")
    return VARIABLE.sub(value, text)


def check(scene, findings, began, ended):
    """Runs every query over the time of the run. Gives their answers by dashboard and panel, for whoever draws them."""
    known = set(documents.promised())
    answers = {}
    for dashboard in load():
        values = values_of(scene, dashboard, findings)
        titles = [panel["title"] for panel in dashboard["panels"] if panel["type"] != "row"]
        findings.say(len(set(titles)) == len(titles), f"{dashboard['title']}: two panels have the same title")
        drawn = answers[dashboard["uid"]] = {"dashboard": dashboard, "panels": {}}
        for panel, target in queries(dashboard):
            where = f"{dashboard['title']} / {panel['title']}"
            expr = filled(target["expr"], values, findings, dashboard)
            for name in METRIC.findall(expr):
                bare = re.sub(r"_(bucket|count|sum)$", "", name)
                findings.say(name in known or bare in known, f"{where}: no document tells of {name}")
            answer = scene.api("query_range", query=expr, start=began, end=ended, step=STEP_SECONDS)["result"]
            numbers = [value for one in answer for _, value in one["values"] if value != "NaN"]
            findings.say(numbers, f"{where}: no data for {expr}")
            drawn["panels"].setdefault(panel["title"], []).append({"legend": target.get("legendFormat", ""), "answer": answer})
        marks(dashboard, drawn, began, ended, findings)
        narrowed(scene, dashboard, findings, ended)
    return answers

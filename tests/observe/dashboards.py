"""The queries of the dashboards, asked of the real Prometheus."""

import json
import re

from scene import DEPLOY

import documents

FOLDER = DEPLOY / "grafana/dashboards"
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


def values_of(scene, dashboard, findings):
    """What each variable stands for: all its values."""
    values = dict(BUILT_IN)
    for one in dashboard["templating"]["list"]:
        if one["type"] == "datasource":
            values[one["name"]] = "throng-prometheus"
            continue
        asked = LABELS.match(filled(one["query"]["query"], values, findings, dashboard))
        found = scene.api(f"label/{asked[2]}/values", **{"match[]": asked[1]})
        findings.say(found, f"{dashboard['title']}: the variable {one['name']} has no value")
        values[one["name"]] = "|".join(found) if one["multi"] else found[0]
    return values


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
    return answers

"""Dashboards as data: panels, laid out in a grid of 24 columns, in the form that Grafana's schema 39 has."""

SCHEMA_VERSION = 39
DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24
GREEN, YELLOW, RED = "green", "yellow", "red"

# The colours of the live page on its dark ground: outcomes of requests, and what stands for the same elsewhere.
OK, EXPECTED, UNEXPECTED, ERROR, CANCELLED = "#4cc38a", "#74acff", "#ff837a", "#f3a950", "#98a2b1"
OUTCOMES = {"ok": OK, "expected": EXPECTED, "unexpected": UNEXPECTED, "error": ERROR, "cancelled": CANCELLED}
# Steps and journeys: `failed` is what the target did, `error` what the script did.
RESULTS = {"ok": OK, "failed": UNEXPECTED, "error": ERROR, "cancelled": CANCELLED}
SESSIONS = {"completed": OK, "failed": UNEXPECTED, "interrupted": CANCELLED}
# p95 is the strong line.
QUANTILES = {"p50": CANCELLED, "p90": "#6d64c9", "p95": "#aaa0ff", "p99": "#d6d1ff"}
LIMIT, ACCENT = "#e8c33c", "#aaa0ff"

JOB = 'job="$job"'
# Of the chosen runs. A run says which it is in a metric of its own; a label of every series would double them with each run.
OF_RUN = f'and on (job, instance) throng_run_info{{{JOB}, run=~"$run"}}'


def query(expr, legend="", instant=False, heat=False, table=False):
    """One PromQL query; `legend` is a template of labels."""
    return {
        "datasource": DATA_SOURCE,
        "editorMode": "code",
        "expr": " ".join(expr.split()),
        "format": "heatmap" if heat else "table" if table else "time_series",
        "instant": instant,
        "legendFormat": legend or "__auto",
        "range": not instant,
    }


def percentiles(metric, selector="", shares=(0.5, 0.95, 0.99), of=""):
    """Percentiles from the buckets of all that the selector takes, of the runs `of`: never an average of percentiles."""
    buckets = f"sum by (le) (rate({metric}_bucket{{{selector}}}[$__rate_interval]) {of})"
    return [query(f"histogram_quantile({share}, {buckets})", f"p{share * 100:g}") for share in shares]


def limits(measures, part=""):
    """The bounds of thresholds, each a line: of rules that begin with one of the measures, about requests or about this part."""
    parts = f', rule=~".*({part})=.*"' if part else ', rule!~".*(step|journey|metric|check)=.*"'
    return query(f'max by (rule) (throng_threshold_bound{{{JOB}, rule=~"({measures})[ {{].*"{parts}}} {OF_RUN})', "{{rule}}")


TIMES = "p[0-9.]+|mean|max"
SHARES = "failed|errors|unexpected"


def panel(kind, title, description, unit, queries, options, width, height, custom=None, thresholds=None, **defaults):
    steps = [{"color": GREEN, "value": None}]
    steps += [{"color": color, "value": value} for color, value in thresholds or []]
    for place, one in enumerate(queries):
        one["refId"] = chr(ord("A") + place)
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATA_SOURCE,
        "gridPos": {"h": height, "w": width, "x": 0, "y": 0},
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "color": {"mode": "thresholds" if thresholds else "palette-classic"},
                "custom": custom or {},
                "thresholds": {"mode": "absolute", "steps": steps},
                **defaults,
            },
            "overrides": [],
        },
        "options": options,
        "targets": queries,
    }


def stat(title, description, unit, expr, thresholds=None, width=4, decimals=None):
    options = {
        "colorMode": "value", "graphMode": "area", "justifyMode": "auto", "orientation": "auto", "textMode": "auto",
        "wideLayout": True, "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    more = {} if decimals is None else {"decimals": decimals}
    return panel("stat", title, description, unit, [query(expr)], options, width, 4, thresholds=thresholds, **more)


def lines(title, description, unit, queries, width=12, height=8, stack=False, steps=False, log=False, over=(), limit=None, colors=None, shades=False, **defaults):
    """`over`: names of series that are dashed lines over the others, also where those are stacked. `limit`: a query whose series
    are the bounds of thresholds. `colors`: by the names of series. `shades`: of one hue, so that types are not read as outcomes."""
    queries = [*queries, limit] if limit else queries
    custom = {
        "drawStyle": "line", "lineWidth": 1, "fillOpacity": 40 if stack else 8, "showPoints": "never", "spanNulls": False,
        "lineInterpolation": "stepAfter" if steps else "linear",
        "stacking": {"mode": "normal" if stack else "none", "group": "A"},
        "scaleDistribution": {"type": "log", "log": 10} if log else {"type": "linear"},
        "axisPlacement": "auto", "axisLabel": "",
    }
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    defaults.setdefault("min", None if log else 0)
    if defaults["min"] is None:
        del defaults["min"]
    result = panel("timeseries", title, description, unit, queries, options, width, height, custom, **defaults)
    result["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": name}, "properties": [
            {"id": "custom.stacking", "value": {"mode": "none", "group": "A"}},
            {"id": "custom.fillOpacity", "value": 0},
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 10]}},
        ]} for name in over
    ]
    if shades:
        result["fieldConfig"]["defaults"]["color"] = {"mode": "shades", "fixedColor": ACCENT}
    result["fieldConfig"]["overrides"] += [
        {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "color", "value": fixed(color)}]}
        for name, color in (colors or {}).items()
    ]
    if limit:
        result["fieldConfig"]["overrides"].append({"matcher": {"id": "byFrameRefID", "options": limit["refId"]}, "properties": [
            {"id": "custom.stacking", "value": {"mode": "none", "group": "A"}},
            {"id": "custom.fillOpacity", "value": 0},
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [3, 5]}},
            {"id": "color", "value": fixed(LIMIT)},
        ]})
    return result


def fixed(color):
    return {"mode": "fixed", "fixedColor": color}


def heat(title, description, metric, selector="", width=12, height=8, of=""):
    """How many per bucket and second; the buckets are the metric's own."""
    expr = f"sum by (le) (rate({metric}_bucket{{{selector}}}[$__rate_interval]) {of})"
    options = {
        "calculate": False, "cellGap": 1, "cellValues": {"unit": "reqps"},
        "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5, "fill": "dark-orange", "reverse": False, "scale": "exponential"},
        "exemplars": {"color": "rgba(255,0,255,0.7)"}, "filterValues": {"le": 1e-9},
        "legend": {"show": True}, "rowsFrame": {"layout": "auto"}, "showValue": "never",
        "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": "s"},
    }
    custom = {"hideFrom": {"legend": False, "tooltip": False, "viz": False}, "scaleDistribution": {"type": "linear"}}
    return panel("heatmap", title, description, "s", [query(expr, "{{le}}", heat=True)], options, width, height, custom)


def states(title, description, queries, mappings, width=12, height=8):
    """A band of colour for each series: `mappings` are value, word, colour."""
    options = {
        "alignValue": "left", "mergeValues": True, "rowHeight": 0.9, "showValue": "auto",
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "single", "sort": "none"},
    }
    words = {str(value): {"text": word, "color": color, "index": place} for place, (value, word, color) in enumerate(mappings)}
    custom = {"fillOpacity": 70, "lineWidth": 0}
    return panel("state-timeline", title, description, "short", queries, options, width, height, custom, mappings=[{"type": "value", "options": words}])


def table(title, description, columns, by, width=24, height=9, sort=1, links=None):
    """A row for each combination of the labels `by`; `columns` are a heading, its unit and its query. `links`: where the values of a
    label lead, by the label: a title and a URL."""
    queries = [query(expr, instant=True, table=True) for _, _, expr in columns]
    result = panel("table", title, description, "short", queries, {
        "cellHeight": "sm", "showHeader": True, "footer": {"show": False, "countRows": False, "fields": [], "reducer": ["sum"]},
        "sortBy": [{"displayName": columns[sort - 1][0], "desc": True}],
    }, width, height, {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False})
    letters = [one["refId"] for one in queries]
    # With one query the column is called Value, with several Value #A and so on.
    fields = {f"Value #{letter}" if len(letters) > 1 else "Value": name for letter, (name, _, _) in zip(letters, columns)}
    result["transformations"] = [
        {"id": "merge", "options": {}},
        {"id": "organize", "options": {
            "excludeByName": {"Time": True}, "renameByName": fields,
            "indexByName": {label: place for place, label in enumerate([*by, *fields])},
        }},
    ]
    result["fieldConfig"]["overrides"] = [
        {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]} for name, unit, _ in columns
    ] + [
        {"matcher": {"id": "byName", "options": label}, "properties": [{"id": "links", "value": [{"title": title, "url": url}]}]}
        for label, (title, url) in (links or {}).items()
    ]
    return result


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": 0}, "panels": []}


def placed(panels):
    """In reading order, each beside the one before it while there is room."""
    x = y = tallest = 0
    for number, one in enumerate(panels, 1):
        size = one["gridPos"]
        if x + size["w"] > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        size["x"], size["y"] = x, y
        x, tallest = x + size["w"], max(tallest, size["h"])
        one["id"] = number
    return panels


def variable(name, label, labels_of, first="", multi=False):
    """The values of a label, asked of the data source."""
    asked = f"label_values({labels_of})"
    return {
        "type": "query", "name": name, "label": label, "datasource": DATA_SOURCE, "hide": 0, "refresh": 2, "sort": 3, "multi": multi,
        "includeAll": multi, **({"allValue": ".*"} if multi else {}), "current": {"selected": True, "text": ["All"], "value": ["$__all"]} if multi else {"selected": False, "text": first, "value": first},
        "definition": asked, "query": {"query": asked, "refId": "PrometheusVariableQueryEditor-VariableQuery"}, "regex": "", "options": [],
        "skipUrlSync": False,
    }


def annotation(name, expr, title, color, at_value=False):
    """Neighbouring moments with the same title are one span. With `at_value` the value is the moment, in milliseconds."""
    return {
        "name": name, "datasource": DATA_SOURCE, "enable": True, "hide": False, "iconColor": color,
        "expr": " ".join(expr.split()), "step": "", "titleFormat": title, "textFormat": "", "tagKeys": "", "useValueForTime": at_value,
    }


def page():
    """A link to the live page of the run, which is where it is scraped."""
    return {
        "asDropdown": False, "icon": "dashboard", "includeVars": False, "keepTime": False, "tags": [], "targetBlank": True,
        "title": "Live page", "tooltip": "The run's own page, at the address where it is scraped", "type": "link", "url": "http://${instance}/",
    }


def dashboard(uid, title, description, job, job_of, panels, variables=(), annotations=(), links=()):
    source = {
        "type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "hide": 0, "refresh": 1, "multi": False,
        "includeAll": False, "current": {"selected": False, "text": "Prometheus", "value": "throng-prometheus"}, "options": [], "regex": "", "skipUrlSync": False,
    }
    return {
        "uid": uid, "title": title, "description": description, "schemaVersion": SCHEMA_VERSION, "version": 1, "editable": True,
        "tags": ["throng"], "timezone": "browser", "graphTooltip": 1, "refresh": "5s", "fiscalYearStartMonth": 0, "weekStart": "",
        "time": {"from": "now-15m", "to": "now"}, "timepicker": {},
        "links": [{
            "asDropdown": False, "icon": "external link", "includeVars": True, "keepTime": True, "tags": ["throng"], "targetBlank": False,
            "title": "throng", "tooltip": "", "type": "dashboards", "url": "",
        }, *links],
        "annotations": {"list": list(annotations)},
        "templating": {"list": [source, variable("job", "Job", f"{job_of}, job", job), *variables]},
        "panels": placed(panels),
    }

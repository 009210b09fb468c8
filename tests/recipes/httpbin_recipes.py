"""What the recipes against httpbin must have done, by the summary and by httpbin's log."""

import base64
import hashlib
import hmac
import json
from collections import Counter, defaultdict

RECIPES = {}


def recipe(name):
    """A recipe of this target."""

    def note(act):
        RECIPES[name] = act
        return act

    return note


def tried(trial, target, more, speed=10, **exceptions):
    """Runs it to its end; what holds for each recipe is looked at. Returns what the target saw."""
    trial.run(target, f"--ramp 0 {more}", speed)
    trial.fine(**exceptions)
    seen = target.seen(trial.summary["run"]["id"])
    trial.logged(seen)
    return seen


@recipe("http-tour")
def http_tour(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.2")
    trial.reached(**{
        "GET /get": "200", "PUT /anything/notes/{id}": "200", "PATCH /anything/notes/{id}": "200", "DELETE /anything/notes/{id}": "200",
        "POST /post": "200", "GET /redirect/{n}": "302", "GET /status/{code}": "404",
    })
    trial.need({request.headers.get("accept-language") for request in seen} == {"en-GB"}, "not every request has its language")
    hops = Counter(request.path for request in seen if "redirect" in request.path)
    trial.need(hops["/redirect/3"] == hops["/relative-redirect/2"] == hops["/relative-redirect/1"] > 0, f"redirects: {hops}")
    ended = trial.summary["requests"]
    trial.need(ended["expected"] == trial.count("GET", "/status/{code}", 404), f"expected: {ended}")


@recipe("http-auth")
def http_auth(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.2")
    trial.reached(**{"GET /basic": "200 401", "GET /bearer": "200", "GET /digest": "200 401"})
    schemes = Counter(request.headers.get("authorization", "none").split(" ")[0] for request in seen)
    sessions = {kind["name"]: kind["sessions"]["total"] for kind in trial.summary["types"]}
    trial.need(schemes["Basic"] == trial.count("GET", "/basic", 200) > 0, f"{schemes}")
    trial.need(schemes["Bearer"] == trial.count("GET", "/bearer", 200) > 0, f"{schemes}")
    trial.need(schemes["Digest"] == trial.count("GET", "/digest", 200) > 0, f"{schemes}")
    trial.need(schemes["none"] == sessions["basic"] + sessions["digest"], f"one request of a session is turned away: {schemes}, {sessions}")
    trial.need({request.path.rsplit("/")[-1] for request in seen if "digest" in request.path} == {"MD5", "SHA-256"}, "one digest alone")


@recipe("uploads")
def uploads(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.1")
    trial.reached(**{"POST /anything/photos": "200", "POST /anything/albums": "200", "PUT /anything/receipts/{id}": "200"})
    sizes = [int(request.headers["content-length"]) for request in seen if request.method == "POST"]
    sent = trial.metric("upload_bytes", "sum")
    trial.need(sent < sum(sizes) < 1.2 * sent, f"{sum(sizes)} bytes arrived, of photographs of {sent}")
    trial.need(max(sizes) > 4 * sorted(sizes)[len(sizes) // 2], "no photograph is much larger than most")
    types = {request.headers["content-type"].split(";")[0] for request in seen}
    trial.need(types == {"multipart/form-data", "text/csv"}, f"{types}")


@recipe("retries")
def retries(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.05", failures={"status 503", "status 429"})
    reads = Counter(request.status for request in seen if request.method == "GET")
    trial.need(reads["200"] == trial.check("a read succeeds in the end"), f"a 200 ends each read: {reads}")
    again = trial.summary["protection"]["retries"]
    trial.need(again == reads["503"] + reads["429"] > 0, f"{again} retries after {reads}")
    orders = trial.statuses("POST", "/orders")
    failed = orders.get(("POST", "503"), 0) + orders.get(("POST", "429"), 0)
    trial.need(trial.summary["requests"]["expected"] == failed > 0, f"failures of orders are expected: {orders}")


@recipe("timeouts")
def timeouts(trial, target):
    # The target's seconds are those of the machine.
    trial.run(target, "--ramp 0 --users 12 --sessions 12 --max-requests 6 --think-factor 0.1", speed=1)
    left = trial.metric("disappointed")
    trial.fine(failed_sessions=left)
    trial.need(left > 0, "nobody left for good")
    pages = trial.statuses("GET", "/delay/{seconds}")
    given_up = trial.summary["requests"]["expected"]
    trial.need(pages[("GET", "none")] == given_up > left, f"given up: {given_up}, left: {left}, {pages}")
    trial.need({failure["reason"] for failure in trial.summary["sessions"]["failures"]} == {"too slow"}, "another reason to leave")
    delays = [float(request.path.split("/")[2]) for request in target.seen(trial.summary["run"]["id"]) if request.path.startswith("/delay/")]
    trial.need(len(delays) >= trial.summary["requests"]["ok"] and max(delays) > 1, f"httpbin waited {delays}")


AWAY = '[types.{}]\naway = [0.2, 0.5]\n'


@recipe("sessions")
def sessions(trial, target):
    (trial.recipe / "scripts/throng.toml").write_text(AWAY.format("regular"))
    seen = tried(trial, target, "--users 8 --sessions 40 --think-factor 0.05")
    trial.reached(**{"GET /cookies": "200", "GET /cookies/set": "302", "GET /cookies/set/{name}/{value}": "302", "GET /cookies/delete": "302"})
    people = trial.summary["people"]
    trial.need(people["returning"] > 0 and people["new"] > 0, f"{people}")
    cookies = Counter(part.split("=")[0] for request in seen for part in request.headers.get("cookie", "").split("; "))
    trial.need(cookies["consent"] == len(seen), f"each request has the consent: {cookies} in {len(seen)}")
    trial.need(0 < cookies["basket"] < len(seen) and 0 < cookies["currency"] < len(seen), f"{cookies} in {len(seen)}")


@recipe("conditional-requests")
def conditional_requests(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.1")
    unchanged = [request for request in seen if request.status == "304"]
    trial.need(len(unchanged) == trial.metric("not_modified") > 0, f"{len(unchanged)} answers were 304")
    trial.need(all("if-none-match" in request.headers and request.bytes == 0 for request in unchanged), "a 304 that was not asked for")
    trial.need(any(request.status == "412" for request in seen), "nobody tried to overwrite")
    whole = Counter(request.path for request in seen if request.status == "200")
    most = trial.summary["sessions"]["total"]
    trial.need(0 < max(whole.values()) <= most, f"a document came more than once a session: {whole} in {most}")


@recipe("large-bodies")
def large_bodies(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 16 --think-factor 0.1")
    trial.reached(**{
        "GET /gzip": "200", "GET /deflate": "200", "GET /brotli": "200", "GET /get": "200", "GET /bytes/{size}": "200",
        "GET /range/{size}": "206", "GET /stream-bytes/{size}": "200", "PUT /anything/files/{id}": "200",
    })
    for request in seen:
        kind, size = request.path.split("/")[1], request.path.split("/")[-1]
        if kind in ("bytes", "range", "stream-bytes"):
            wanted = int(size) // (2 if kind == "range" else 1)
            trial.need(request.bytes == wanted, f"{request.path} had {request.bytes} bytes")
        elif request.method == "PUT":
            trial.need(request.headers["content-length"] == str(200 * 1024), f"{request.headers}")


@recipe("correlation")
def correlation(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.2")
    begun = trial.summary["sessions"]["total"]
    ids = {request.headers["x-correlation-id"] for request in seen}
    trial.need(len(ids) == len(seen), f"{len(ids)} ids of {len(seen)} requests")
    pairs = {(request.headers["x-session-id"], request.headers["traceparent"].split("-")[1]) for request in seen}
    trial.need(len(pairs) == len({pair[0] for pair in pairs}) == len({pair[1] for pair in pairs}) == begun, f"sessions and traces: {pairs}")
    trial.need({request.headers["user-agent"] for request in seen} == {"billing/2.4"}, "another User-Agent")
    trial.need(trial.metric("tagged_requests") == trial.count("POST", "/post", 200) > 0, "the tag is not on each post")


@recipe("idempotency")
def idempotency(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.1", failures={"status 503"})
    tries = defaultdict(list)
    for request in seen:
        tries[request.headers["idempotency-key"]].append(request.status)
    trial.need(len(tries) == trial.check("a payment succeeds in the end") > 0, f"{len(tries)} payments")
    trial.need(all(statuses == ["503"] * (len(statuses) - 1) + ["201"] for statuses in tries.values()), f"{dict(tries)}")
    trial.need(max(map(len, tries.values())) > 1, "no payment was sent again")


@recipe("webhooks")
def webhooks(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 12 --think-factor 0.2 -e webhook_secret=whsec_test")
    callers = set()
    for request in seen:
        head, claims, signature = request.headers["authorization"].removeprefix("Bearer ").split(".")
        own = hmac.new(b"whsec_test", f"{head}.{claims}".encode(), hashlib.sha256).digest()
        trial.need(decoded(signature) == own, f"a token is signed with another key: {request.headers}")
        callers.add(json.loads(decoded(claims))["sub"])
    trial.need(callers == {f"provider-{number}" for number in range(6)}, f"{callers}")
    trial.need(len({request.headers["x-signature"] for request in seen}) == len(seen), "two events have one signature")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@recipe("personas")
def personas(trial, target):
    (trial.recipe / "scripts/throng.toml").write_text(AWAY.format("customer"))
    seen = tried(trial, target, "--users 20 --sessions 60 --think-factor 0.02")
    countries = Counter(request.headers["cf-ipcountry"] for request in seen)
    trial.need(countries.keys() == {"BR", "DE", "US"} and countries["BR"] > countries["US"], f"{countries}")
    languages = {"BR": "pt-BR", "DE": "de", "US": "en"}
    read = [request for request in seen if request.headers["cf-ipcountry"] in ("BR", "DE")]
    fitting = [request for request in read if request.headers["accept-language"].startswith(languages[request.headers["cf-ipcountry"]])]
    trial.need(len(fitting) > 0.8 * len(read), f"{len(fitting)} of {len(read)} requests are in the language of their country")
    browsers = {request.headers["user-agent"] for request in seen}
    phones = [request for request in seen if "Mobile" in request.headers["user-agent"]]
    trial.need(len(browsers) > 3 and 0.5 < len(phones) / len(seen) < 1, f"{len(phones)} of {len(seen)} are phones, {browsers}")
    trial.need(trial.summary["people"]["returning"] > 0, "nobody came back")

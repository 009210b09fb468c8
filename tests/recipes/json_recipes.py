"""What the recipes against json-server must have done, by the summary, by json-server's log and by its data."""

import csv
import re
import time
from collections import Counter
from urllib.parse import parse_qs

from targets import JsonServer, PATIENCE

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
    seen = target.seen()
    trial.logged(seen)
    return seen


def as_before(trial, target, kind):
    """The clean-up left nothing."""
    data = target.data()[kind]
    trial.need(data == target.before[kind], f"{len(data)} {kind} after the clean-up, {len(target.before[kind])} before the run")


def cleaned(trial):
    """How many things the clean-up deleted: all that it knew."""
    done, of = map(int, re.search(r"clean-up: (\d+) of (\d+) things deleted", trial.printed).groups())
    trial.need(done == of, f"the clean-up deleted {done} of {of}")
    return done


@recipe("blog")
def blog(trial, target):
    seen = tried(trial, target, "--users 5 --sessions 10 --think-factor 0.1")
    trial.reached(**{
        "POST /posts": "201", "GET /posts/{id}": "200 404", "PUT /posts/{id}": "200", "PATCH /posts/{id}": "200", "DELETE /posts/{id}": "200",
    })
    made = trial.count("POST", "/posts", 201)
    trial.need(made == trial.metric("posts_written") == Counter(request.method for request in seen)["POST"], f"{made} posts")
    # Each is deleted once: by its author, who then finds it gone, or by the clean-up.
    withdrawn = trial.count("GET", "/posts/{id}", 404)
    trial.need(0 < withdrawn < made, f"{withdrawn} of {made} were withdrawn")
    trial.need(trial.count("DELETE", "/posts/{id}", 200) == made, f"{made} made:\n{trial.printed[-500:]}")
    trial.need(cleaned(trial) == made - withdrawn, f"{made} made, {withdrawn} withdrawn, {cleaned(trial)} cleaned up")
    as_before(trial, target, "posts")
    killed(trial)


def killed(trial):
    """Killed while posts are under way: some were created without an answer. The clean-up finds them, too."""
    target = JsonServer(trial.folder / "slow", delay=400)
    try:
        run = trial.start(target.url, "--ramp 0 --users 8 --duration 60 --think-factor 0", speed=1)
        deadline = time.monotonic() + PATIENCE
        while len(target.data()["posts"]) < len(target.before["posts"]) + 12 and time.monotonic() < deadline:
            time.sleep(0.02)
        run.kill()
        run.wait()
        target.seen()
        left = len(target.data()["posts"]) - len(target.before["posts"])
        trial.need(left > 0, "nothing was left behind")
        done = trial.say("cleanup")
        trial.need(done.returncode == 0, f"throng cleanup: {done.stdout}{done.stderr}")
        as_before(trial, target, "posts")
        looked_up = [request for request in target.seen() if request.query.startswith("slug=")]
        trial.need(looked_up, "no post was looked up by its slug")
    finally:
        target.stop()


@recipe("pagination")
def pagination(trial, target):
    seen = tried(trial, target, "--users 4 --sessions 8 --think-factor 0.1")
    pages = {kind: Counter() for kind in ("/posts", "/comments")}
    for request in seen:
        pages[request.path][int(parse_qs(request.query)["_page"][0])] += 1
    # 25 posts are three pages; 60 comments are six and one that is empty.
    for kind, last in (("/posts", 3), ("/comments", 7)):
        trial.need(list(sorted(pages[kind])) == list(range(1, last + 1)), f"pages of {kind}: {pages[kind]}")
        trial.need(len(set(pages[kind].values())) == 1, f"not each walk led to the end: {pages[kind]}")
    trial.need(pages["/posts"][3] == trial.check("links lead to every post"), f"{pages['/posts']}")


@recipe("dashboard")
def dashboard(trial, _target):
    # Where an answer takes 0.2 s, six in a row take 1.2.
    target = JsonServer(trial.folder / "slow", delay=200)
    try:
        seen = tried(trial, target, "--users 3 --sessions 3 --min-requests 18 --max-requests 18 --think-factor 0.05", speed=1)
    finally:
        target.stop()
    loaded = trial.journey("dashboard")
    trial.need(loaded["finished"] == loaded["begun"] > 0, f"{loaded}")
    trial.need(0.2 <= loaded["duration_seconds"]["p50"] < 0.8, f"a dashboard took {loaded['duration_seconds']}")
    parts = Counter(endpoint["outcomes"]["ok"] for endpoint in trial.summary["endpoints"])
    trial.need(parts == {loaded["finished"]: 6} and len(seen) == 6 * loaded["finished"], f"{parts}")
    trial.need(trial.metric("slowest_part") == loaded["finished"], "not each dashboard has a slowest part")


@recipe("accounts")
def accounts(trial, target):
    seen = tried(trial, target, "--users 6 --sessions 20 --think-factor 0.05")
    trial.need({cart["lines"] for cart in target.data()["carts"]} == {0}, f"carts: {target.data()['carts']}")
    meters = target.data()["devices"]
    trial.need(any(meter["reading"] > 0 for meter in meters), f"{meters}")
    used = {request.path for request in seen if request.path.startswith("/carts/")}
    trial.need(used == {f"/carts/{number}" for number in range(1, 5)}, f"carts in use: {used}")


@recipe("search")
def search(trial, target):
    seen = tried(trial, target, "--users 5 --sessions 10 --think-factor 0.1")
    typed = Counter(parse_qs(request.query)["name_like"][0] for request in seen if request.query)
    words = [word for word in typed if word in ("table", "chair", "lamp", "shelf", "basket", "clock", "mirror")]
    trial.need(len(words) == 7, f"words: {words}")
    for word in words:
        counts = [typed[word[:length]] for length in range(3, len(word) + 1)]
        trial.need(counts == sorted(counts, reverse=True), f"letters of {word}: {counts}")
    found = trial.metric("results", "count")
    opened = trial.count("GET", "/products/{id}", 200)
    trial.need(opened == trial.check("the product is what was found") <= found, f"{opened} opened of {found} searches")
    slips = sum(count for word, count in typed.items() if word.endswith("xx"))
    trial.need(found - opened == slips > 0, f"{found} searches, {opened} opened, {slips} slips")


@recipe("polling")
def polling(trial, target):
    seen = tried(trial, target, "--duration 15s --think-factor 0.1", speed=5)
    job = trial.journey("job")
    handed_in = trial.count("POST", "/jobs", 201)
    # The end of the run comes while some wait.
    trial.need(0 < job["finished"] == trial.metric("polls", "count") == trial.check("a job is done in time"), f"{job}")
    trial.need(job["finished"] <= handed_in <= job["begun"], f"{handed_in} jobs: {job}")
    trial.need(trial.count("GET", "/jobs/{id}", 200) >= trial.metric("polls", "sum"), "not each question is counted")
    changed = Counter(request.path for request in seen if request.method == "PATCH")
    trial.need(max(changed.values()) == 2 and job["finished"] <= len(changed) <= handed_in, f"each job is begun and done once: {changed}")
    trial.need(cleaned(trial) == handed_in, trial.printed[-500:])
    as_before(trial, target, "jobs")


@recipe("funnel")
def funnel(trial, target):
    tried(trial, target, "--users 8 --sessions 24 --think-factor 0.05")
    orders = target.data()["orders"][len(target.before["orders"]):]
    bought = trial.journey("purchase")
    trial.need(len(orders) == bought["finished"] == trial.metric("order_lines", "count") > 0, f"{len(orders)} orders, {bought}")
    trial.need(bought["begun"] == bought["finished"] + bought["lost"] and bought["lost"] > bought["finished"], f"{bought}")
    trial.need(sum(lost["count"] for lost in bought["lost_at"]) == bought["lost"], f"{bought}")
    lines = [line for order in orders for line in order["lines"]]
    revenue = sum(line["price"] for line in lines)
    trial.need(abs(trial.metric("revenue") - revenue) < 0.01, f"revenue {trial.metric('revenue')}, orders of {revenue}")
    trial.need(trial.metric("order_lines", "sum") == len(lines), f"{len(lines)} lines")


@recipe("next-step")
def next_step(trial, target):
    tried(trial, target, "--users 10 --sessions 300 --think-factor 0.01")
    steps = {step["name"]: step["results"]["total"] for step in trial.summary["steps"]}
    begun = trial.summary["sessions"]["completed"]
    # Each order leads home again in three of ten cases.
    trial.need(begun <= steps["home"] <= begun + steps["order"], f"{steps} in {begun} sessions")
    # As the chain's absorbing states have it: throng plan shows these figures for a session.
    plan = trial.say("plan", "--base-url", target.url, "--script-dir", str(trial.recipe / "scripts")).stdout
    for name, count in steps.items():
        visits = float(re.search(rf"^  {name} +([\d.]+)$", plan, re.MULTILINE).group(1))
        trial.need(0.6 < count / (visits * begun) < 1.5, f"{name}: {count} times in {begun} sessions, where the plan has {visits} for each")
    trial.need(len(target.data()["orders"]) - len(target.before["orders"]) == steps["order"] > 0, f"{steps}")


@recipe("day")
def day(trial, target):
    table = trial.folder / "course.csv"
    # A whole day from midnight to midnight, in half the time of the plan.
    seen = tried(trial, target, f"--duration 60s --day-length 60s --report {table}", speed=6)
    trial.need(len(seen) > 200, f"{len(seen)} requests")
    calls = {"customer": Counter(), "employee": Counter()}
    for row in csv.DictReader(table.open()):
        if row["kind"] == "endpoint":
            calls[row["type"]][float(row["at_seconds"]) * 24 / 60] += int(row["count"])

    def between(kind, start, end):
        return sum(count for hour, count in calls[kind].items() if start < hour <= end)

    night, evening = between("customer", 0, 6), between("customer", 17, 23)
    trial.need(evening > 2 * night, f"customers: {night} requests at night, {evening} in the evening")
    work, after = between("employee", 9, 17), between("employee", 19, 24) + between("employee", 0, 6)
    trial.need(work > 2 * after, f"employees: {work} requests in office hours, {after} in the night")


@recipe("flash-sale")
def flash_sale(trial, target):
    trial.change("scripts/throng.toml", ('"5m"', '"24s"'), ('"2m"', '"10s"'), ('"30s"', '"5s"'))
    table = trial.folder / "course.csv"
    tried(trial, target, f"--think-factor 0.3 --report {table}", speed=3)
    sale = trial.summary["incidents"][0]
    trial.need(len(sale["held"]) == 1 and abs(sale["held"][0]["from_seconds"] - 10) < 1, f"{sale}")
    most, bought = Counter(), Counter()
    for row in csv.DictReader(table.open()):
        at = float(row["at_seconds"])
        # What a second counts may have begun in the one before, and users leave after their step.
        when = "during" if 10 < at <= 17 else "before" if at <= 10 else "after"
        most[when] = max(most[when], int(row["users"]))
        if row["kind"] == "endpoint" and row["method"] == "POST":
            bought[when] += int(row["count"])
    trial.need(most["before"] == 20 and most["during"] == 60, f"users: {most}")
    trial.need(bought["during"] > 5 * (bought["before"] + bought["after"]), f"{bought}")
    made = trial.count("POST", "/orders", 201)
    trial.need(made == trial.metric("bought") == cleaned(trial), f"{made} orders")
    as_before(trial, target, "orders")


@recipe("canary")
def canary(trial, target):
    run = trial.start(target.url, "--ramp 0 --duration 60 --listen 127.0.0.1:0", speed=2)
    try:
        until(trial, "status", "40")
        # A path that does not exist, for a fifth of the users: rolled back.
        trial.change("lib/catalogue.lua", ('"/products", {', '"/product", {'))
        until(trial, "status", "is rolled back to release 1")
        trial.change("lib/catalogue.lua", ('"/product", {', '"/products", {'), ("_limit = 10", "_limit = 20"))
        until(trial, "status", "is a canary", "release 3")
        promoted = trial.say("ctl", "promote")
        trial.need(promoted.returncode == 0, f"{promoted.stdout}{promoted.stderr}")
        until(trial, "versions", "3")
        time.sleep(1)
        trial.say("ctl", "stop")
        trial.end(run)
    finally:
        run.kill()
    trial.fine(failures={"status 404"})
    seen = target.seen()
    trial.logged(seen)
    wrong = [place for place, request in enumerate(seen) if request.path == "/product"]
    span = max(wrong) - min(wrong) + 1
    trial.need(0 < len(wrong) < 0.4 * span, f"{len(wrong)} of {span} requests of the first change's time went to it")
    sizes = [re.search(r"_limit=(\d+)", request.query).group(1) for request in seen if "_limit" in request.query and request.path == "/products"]
    trial.need(sizes.index("20") > 0 and set(sizes[-20:]) == {"20"}, f"the last sizes of pages are {sizes[-20:]}")
    trial.need(trial.summary["reload_status"]["reloads"]["promoted"] == 1, f"{trial.summary['reload_status']['reloads']}")


def until(trial, word, *wanted):
    """Asks the run until its answer has all of these."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = trial.say("ctl", word)
        if answer.returncode == 0 and all(text in answer.stdout for text in wanted):
            return
        time.sleep(0.2)
    trial.need(False, f"throng ctl {word} never said {wanted}:\n{answer.stdout}{answer.stderr}")

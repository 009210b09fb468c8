"""What is watched: the service, a run with an edit and a refused save in it, and a Prometheus that scrapes both with the example's own file."""

import json
import pathlib
import re
import shutil
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))

from measure import Process, free_port, stop, summary, wait_for_port  # noqa: E402

DEPLOY = ROOT / "examples/deploy"
SCRAPE_SECONDS = 1
PATIENCE = 60
TOKEN = "a-token-for-this-scene"

# A type beside the stock ones, for what they do not do: metrics of its own, retries, heavy steps, a host where nobody listens.
EXTRA = """
local lots = metrics.counter("lots_total", {{ help = "Lots drawn.", labels = {{ "colour" }} }})
local size = metrics.histogram("lot_size", {{ help = "Size of a lot." }})
local last = metrics.gauge("last_lot", {{ help = "Size of the last lot." }})

return {{
  weight = 10,
  think = 0.1,
  requests = {{ 10, 20 }},
  away = {{ 0.2, 0.6 }},
  returns = 0.5,
  steps = {{
    {{ 3, function()
      local drawn = random.int(1, 10)
      lots:add(1, {{ colour = drawn > 5 and "red" or "blue" }})
      size:observe(drawn)
      last:set(drawn)
      metrics.check("a lot is positive", drawn > 0)
    end }},
    {{ 3, function() http.get("http://127.0.0.1:{closed}/nobody", {{ retry = 1 }}) end, name = "nobody" }},
    {{ 1, function() http.get("/health") end, name = "look", heavy = true }},
    {{ 1, function() journey("two looks", function() http.get("/health") http.get("/health") end) end, name = "travel" }},
    {{ 1, function() if random.int(1, 3) == 1 then error("on purpose") end end, name = "stumble" }},
  }},
}}
"""

# Thresholds, which charts have as lines, a stop rule that ends the run, and an incident. The stop rule is of the last part of the run.
PLAN = """
fail_if = [
  "failed > 30%",
  "p95 > 300ms",
  "rate > 60/s",
  "step{{travel}} p95 > 500ms",
  "step{{stumble}} failed > 80%",
  "journey{{two looks}} p95 > 1s",
]
stop_if = ["rate > 0/s for 3s after {seconds}s"]

[[incident]]
name = "slow"
at = "8s"
for = "10s"
think_factor = 0.8
"""


class Scene:
    """Starts everything; `end` stops it. Ports are free ones, and only loopback is listened to."""

    def __init__(self, binary, folder, cores, scrape_seconds=SCRAPE_SECONDS):
        self.folder, self.cores, self.binary = folder, cores, binary
        self.ports = {name: free_port() for name in ("service", "throng", "prometheus", "closed")}
        self.scrape_seconds = scrape_seconds
        self.service = self.prometheus = self.run = None
        # What Prometheus said of metrics that are not there at the end.
        self.known = {}

    def begin(self, seconds, users):
        ports, folder = self.ports, self.folder
        for part in ("scripts", "lib"):
            shutil.copytree(ROOT / part, folder / part)
        (folder / "scripts/extra.lua").write_text(EXTRA.format(closed=ports["closed"]))
        (folder / "scripts/throng.toml").write_text(PLAN.format(seconds=seconds))
        self.service = self.start("service", [
            self.binary, "service", "--listen", f"127.0.0.1:{ports['service']}", "--faults", "lively", "--seed", "1",
        ])
        self.prometheus = self.start("prometheus", [
            "prometheus", f"--config.file={self.configuration()}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{ports['prometheus']}", "--log.level=warn",
        ])
        self.report = folder / "summary.json"
        self.run = self.start("throng", [
            self.binary, "run", "--base-url", f"http://127.0.0.1:{ports['service']}", "--script-dir", str(folder / "scripts"),
            "--users", str(users), "--ramp", "2", "--duration", str(seconds + PATIENCE), "--seed", "1", "--threads", "2",
            "--max-rps", "150", "--adaptive-timeout", "--degrade", "--cleanup", "--allow-host", f"127.0.0.1:{ports['closed']}",
            "--listen", f"127.0.0.1:{ports['throng']}", "--token", TOKEN, "--linger", "300",
            "--summary-json", str(self.report), "--samples", str(folder / "requests.jsonl.zst"), "--state-dir", str(folder / "state"),
        ])
        self.began = time.time()

    def start(self, name, command):
        process = Process(command, self.cores, self.folder / f"{name}.log")
        wait_for_port(process, self.ports[name])
        return process

    def configuration(self):
        """The example's file with its rules; only the ports are ours, and it looks more often."""
        folder = self.folder / "prometheus"
        shutil.copytree(DEPLOY / "prometheus", folder)
        file = folder / "prometheus.yml"
        text = file.read_text()
        for name, port in (("service", 9501), ("throng", 9900)):
            if f"127.0.0.1:{port}" not in text:
                stop(f"{file.name} does not scrape 127.0.0.1:{port}")
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{self.ports[name]}")
        text = re.sub(r"(scrape_interval|scrape_timeout|evaluation_interval): \w+", rf"\1: {self.scrape_seconds}s", text)
        file.write_text(text)
        return file

    def edit(self):
        """A save that is taken."""
        file = self.folder / "lib/api.lua"
        write(file, f"-- edited\n{file.read_text()}")
        self.until("took an edit", 'throng_script_reloads_total{result="accepted"} 1')

    def pause(self):
        """A pause that a scrape sees."""
        for verb in ("pause", "resume"):
            request = urllib.request.Request(f"http://127.0.0.1:{self.ports['throng']}/api/v1/{verb}", method="POST")
            request.add_header("Authorization", f"Bearer {TOKEN}")
            urllib.request.urlopen(request, timeout=30).close()
            if verb == "pause":
                self.asked("throng_paused == 1", "saw the pause")

    def stumble(self):
        """A save that is refused, and mended when a scrape has seen it."""
        file = self.folder / "scripts/new.lua"
        text = file.read_text()
        write(file, f"{text}\nthis is no Lua\n")
        self.until("refused what is no Lua", 'throng_script_reloads_total{result="refused"} 1')
        self.asked("throng_script_refused", "saw the refusal")
        self.known = self.api("metadata", metric="throng_script_refused")
        write(file, text)
        self.until("took it back", 'throng_script_reloads_total{result="unchanged"} 1')

    def until(self, what, line):
        deadline = time.monotonic() + PATIENCE
        while line not in self.text("throng"):
            if time.monotonic() > deadline:
                stop(f"the run never {what}:\n{self.run.tail()}")
            time.sleep(0.2)

    def asked(self, expr, what):
        deadline = time.monotonic() + PATIENCE
        while not self.query(expr):
            if time.monotonic() > deadline:
                stop(f"Prometheus never {what}:\n{self.prometheus.tail()}")
            time.sleep(0.2)

    def over(self):
        """Waits for the end of the run and two scrapes after it; the summary."""
        deadline = time.monotonic() + 10 * PATIENCE
        while "the run is over" not in self.run.log.read_text(errors="replace"):
            if not self.run.look() or time.monotonic() > deadline:
                stop(f"the run does not end well:\n{self.run.tail()}")
            time.sleep(0.2)
        ended = time.time()
        self.asked(f'min(timestamp(up)) > {ended + self.scrape_seconds}', "scraped after the end")
        return summary(self.run, self.report)

    def text(self, name):
        """What it exposes now."""
        return fetch(f"http://127.0.0.1:{self.ports[name]}/metrics")

    def query(self, expr, at=None):
        """The answer of an instant query: labels and value."""
        asked = {"query": expr} if at is None else {"query": expr, "time": at}
        return [(one["metric"], float(one["value"][1])) for one in self.api("query", **asked)["result"]]

    def api(self, what, **asked):
        url = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{what}?{urllib.parse.urlencode(asked)}"
        answer = json.loads(fetch(url))
        return answer["data"]

    def end(self):
        for process in (self.run, self.prometheus, self.service):
            if process:
                process.end()


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        stop(f"{url} was answered with {error.code}: {error.read().decode()[:500]}")
    except OSError as error:
        stop(f"{url} was not answered: {error}")


def write(path, text):
    """As editors do: a new file in the place of the old one."""
    fresh = path.with_suffix(".fresh")
    fresh.write_text(text)
    fresh.rename(path)

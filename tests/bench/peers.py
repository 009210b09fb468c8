"""Load generators that are measured side by side: each keeps the same connections to the same target, as fast as it can.

Each function runs one for some seconds on one core and gives its cost as `Cost`. Requests are what the tool itself
counted, checked against failures that it reported.
"""

import json
import re
import shutil
import subprocess
import typing

from measure import Process, stop, summary

THRONG_STEP = """
return { weight = 1, requests = { 1000000000, 1000000000 }, think = 0, steps = { function(user) http.get("/") end } }
"""
K6_SCRIPT = """
import http from "k6/http";
export default function () { http.get(__ENV.TARGET); }
"""
LOCUST_FILE = """
from locust import FastHttpUser, constant, task

class Reader(FastHttpUser):
    wait_time = constant(0)

    @task
    def read(self):
        self.client.get("/")
"""


class Cost(typing.NamedTuple):
    """What a generator needed."""

    cpu: float
    """Microseconds of CPU for a request."""
    rate: float
    """Requests a second, with one core for the generator and one for the target."""
    memory: float
    """Peak resident memory, in MB."""


def cost(process, requests):
    if requests == 0:
        stop(f"{process.name} sent nothing:\n{process.tail()}")
    return Cost(process.cpu_seconds * 1e6 / requests, requests / process.seconds, process.peak_kib * 1024 / 1e6)


def wrk(url, connections, seconds, core, folder):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    process = Process(command, {core}, folder / "wrk.log").wait(seconds + 30).must_be_fine()
    output = process.log.read_text()
    counted = re.search(r"(\d+) requests in", output)
    if counted is None or "Socket errors" in output or "Non-2xx" in output:
        stop(f"wrk did not measure cleanly:\n{output}")
    return cost(process, int(counted.group(1)))


def throng(binary, url, connections, seconds, core, folder):
    report, scripts = folder / "summary.json", folder / "scripts"
    report.unlink(missing_ok=True)
    scripts.mkdir(exist_ok=True)
    (scripts / "get.lua").write_text(THRONG_STEP)
    command = [
        binary, "run", "--script-dir", str(scripts), "--base-url", url, "--users", str(connections),
        "--duration", str(seconds), "--ramp", "0", "--threads", "1", "--error-rate", "0", "--seed", "1",
        "--no-listen", "--quiet", "--summary-json", str(report),
    ]
    process = Process(command, {core}, folder / "throng.log").wait(seconds + 60).must_be_fine()
    requests = summary(process, report)["requests"]
    if requests["unexpected"] or requests["error"]:
        stop(f"throng did not measure cleanly: {requests}")
    return cost(process, requests["total"])


def k6(url, connections, seconds, core, folder):
    script, report = folder / "k6.js", folder / "k6.json"
    script.write_text(K6_SCRIPT)
    command = [
        "k6", "run", "--quiet", "--no-usage-report", "--vus", str(connections), "--duration", f"{seconds}s",
        "--summary-export", str(report), "--env", f"TARGET={url}", str(script),
    ]
    process = Process(command, {core}, folder / "k6.log").wait(seconds + 60).must_be_fine()
    metrics = json.loads(report.read_text())["metrics"]
    if metrics["http_req_failed"]["value"]:
        stop(f"k6 did not measure cleanly: {metrics['http_req_failed']}")
    return cost(process, metrics["http_reqs"]["count"])


def locust(url, connections, seconds, core, folder):
    script = folder / "locustfile.py"
    script.write_text(LOCUST_FILE)
    command = [
        "locust", "-f", str(script), "--headless", "--host", url.rstrip("/"), "-u", str(connections), "-r", str(connections),
        "-t", f"{seconds}s", "--json-file", str(folder / "locust"), "--only-summary",
    ]
    process = Process(command, {core}, folder / "locust.log").wait(seconds + 60).must_be_fine()
    rows = json.loads((folder / "locust.json").read_text())
    if any(row["num_failures"] for row in rows):
        stop(f"Locust did not measure cleanly:\n{process.tail()}")
    return cost(process, sum(row["num_requests"] for row in rows))


def found():
    """The peers beside wrk that are on this machine, by name."""
    return {name: run for name, run in (("k6", k6), ("locust", locust)) if shutil.which(name)}


def versions(binary):
    """What was measured, one line each."""
    asked = {"wrk": ["wrk", "-v"], "throng": [binary, "--version"], "k6": ["k6", "version"], "locust": ["locust", "--version"]}
    for name, command in asked.items():
        if name == "throng" or shutil.which(name):
            yield name, first_version(command)


def first_version(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    text = lines[0] if lines else ""
    found_version = re.search(r"\d+(\.\d+)+", text)
    return found_version.group() if found_version else text

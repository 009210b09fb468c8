"""The servers that recipes run against: real ones, each on a free port of loopback, with what they say of the requests that they got."""

import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/bench"))

from measure import free_port  # noqa: E402

# The least that a crowd of a recipe waits for at once.
HTTPBIN_THREADS = 40
PATIENCE = 30

# What httpbin's log has of a request, after method, path, query, status and bytes of the body.
HEADERS = (
    "x-throng-run", "user-agent", "authorization", "accept-language", "cf-ipcountry", "content-type", "content-length", "cookie",
    "if-none-match", "range", "idempotency-key", "x-correlation-id", "x-session-id", "traceparent", "x-signature",
)

Request = collections.namedtuple("Request", "method path query status bytes headers")


class Fault(Exception):
    """A target or a recipe that does not do what it should."""


def install(cache):
    """Python's environment with httpbin, and the servers of Node; what is there already stays. Returns gunicorn's path."""
    wanted = (HERE / "requirements.txt").read_text()
    venv = pathlib.Path(cache) / "recipes-venv"
    mark = venv / "installed"
    if not mark.exists() or mark.read_text() != wanted:
        command([sys.executable, "-m", "venv", "--clear", str(venv)])
        command([str(venv / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")])
        mark.write_text(wanted)
    command(["npm", "ci", "--prefix", str(HERE), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    return str(venv / "bin/gunicorn")


def command(words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Fault(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


class Target:
    """A server of its own process group; its output is in a file."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = self.folder / "output"

    def start(self, words, ready="/"):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("THRONG_", "NODE_"))}
        with open(self.output, "wb") as out:
            self.process = subprocess.Popen(
                words, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + ready, timeout=5).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise Fault(f"{words[0]} did not answer:\n{self.output.read_text(errors='replace')}")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def settled(self, read):
        """What `read` returns, when it has returned the same twice in a row: a log may lag behind the answer."""
        last = read()
        for _ in range(100):
            time.sleep(0.1)
            now = read()
            if now == last:
                return now
            last = now
        raise Fault("the target's log goes on growing after the run")


class HttpBin(Target):
    """httpbin under gunicorn, whose log has the headers that recipes are about."""

    def __init__(self, folder, gunicorn):
        super().__init__(folder)
        self.log = self.folder / "access"
        fields = ["%(m)s", "%(U)s", "%(q)s", "%(s)s", "%(B)s", *(f"%({{{name}}}i)s" for name in HEADERS)]
        self.start([
            gunicorn, "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", str(HTTPBIN_THREADS), "--keep-alive", "30",
            "--no-control-socket", "--access-logfile", str(self.log), "--access-logformat", "\t".join(fields), "httpbin:app",
        ], ready="/uuid")

    def seen(self, run):
        """The requests of a run, in the order in which they were answered."""
        return self.settled(lambda: [request for request in self.requests() if request.headers.get("x-throng-run") == run])

    def requests(self):
        for line in self.log.read_text(errors="replace").splitlines():
            method, path, query, status, size, *headers = line.split("\t")
            yield Request(method, path, query, status, int(size), {name: value for name, value in zip(HEADERS, headers) if value != "-"})


class JsonServer(Target):
    """json-server with a copy of the recipes' data, which it writes back after each change."""

    def __init__(self, folder, delay=0):
        super().__init__(folder)
        self.file = self.folder / "db.json"
        shutil.copy(ROOT / "examples/recipes/db.json", self.file)
        self.before = self.data()
        words = [str(HERE / "node_modules/.bin/json-server"), "--host", "127.0.0.1", "--port", str(self.port), str(self.file)]
        self.start(words + (["--delay", str(delay)] if delay else []), ready="/db")

    def data(self):
        return json.loads(self.file.read_text())

    def seen(self, _run=None):
        """All requests but the first ones, by which this file asked whether it is there."""
        return self.settled(lambda: [request for request in self.requests() if request.path != "/db"])

    def requests(self):
        """Lines such as `GET /posts?_page=1 200 6.696 ms - 41`, in colours."""
        text = re.sub(r"\x1b\[\d+m", "", self.output.read_text(errors="replace"))
        for method, url, status in re.findall(r"^([A-Z]+) (/\S*) (\d{3}) ", text, re.MULTILINE):
            path, _, query = url.partition("?")
            yield Request(method, path, query, status, None, {})


class GraphQl(Target):
    """json-graphql-server: the same data behind GraphQL, in memory."""

    def __init__(self, folder):
        super().__init__(folder)
        shutil.copy(ROOT / "examples/recipes/db.json", self.folder / "db.json")
        server = HERE / "node_modules/.bin/json-graphql-server"
        self.start([str(server), "db.json", "-p", str(self.port), "-h", "127.0.0.1"], ready="/?query=%7B__typename%7D")

    def ask(self, query):
        request = urllib.request.Request(self.url, json.dumps({"query": query}).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["data"]


class Service(Target):
    """The service that comes with throng, and its own counters."""

    def __init__(self, folder, throng):
        super().__init__(folder)
        self.start([throng, "service", "--listen", f"127.0.0.1:{self.port}", "--hash-cost", "8"], ready="/health")

    def counters(self):
        """Requests by method, endpoint and status."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=PATIENCE) as answer:
            text = answer.read().decode()
        line = re.compile(r'^user_service_http_requests_total\{endpoint="([^"]*)",method="([^"]*)",status="([^"]*)"\} (\d+)$', re.MULTILINE)
        return {(method, endpoint, status): int(count) for endpoint, method, status, count in line.findall(text)}

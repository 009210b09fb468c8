"""A release without a cluster: its containers as processes of this machine, with the arguments, variables and files that they would have."""

import base64
import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

from api_server import ApiServer
from checks import component, pods

WITHIN = 60

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"

SCRIPT = "return { requests = 5, think = 0, step = function(user) http.get('/page') end }"
WORKERS = 2


class Counting(http.server.ThreadingHTTPServer):
    """A target that counts."""

    daemon_threads = True

    def __init__(self):
        self.count, self.lock = 0, threading.Lock()
        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.count += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Release:
    """What a node would make of the resources: folders for volumes, values for variables, addresses for the servers."""

    def __init__(self, resources, throng, folder):
        self.resources, self.throng, self.folder, self.port = resources, throng, folder, free_port()
        self.secrets = {one["metadata"]["name"]: one["data"] for one in resources if one["kind"] == "Secret"}
        self.maps = {one["metadata"]["name"]: one["data"] for one in resources if one["kind"] == "ConfigMap"}
        self.specs = {part: spec for _, part, spec in pods(resources)}
        self.job = next(one for one in resources if one["kind"] == "Job" and component(one) == "worker")["metadata"]["name"]
        self.api = ApiServer(resources)
        self.started = []

    def secret(self, name, key):
        return base64.b64decode(self.secrets[name][key]).decode()

    def mounts(self, spec, place):
        """A folder for each mount: by the path in the container."""
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        found = {}
        for mount in spec["containers"][0]["volumeMounts"]:
            volume, here = volumes[mount["name"]], place / mount["mountPath"].strip("/")
            here.mkdir(parents=True)
            files = {}
            if "configMap" in volume:
                files = self.maps[volume["configMap"]["name"]]
            elif "secret" in volume:
                name = volume["secret"]["secretName"]
                files = {key: self.secret(name, key) for key in self.secrets[name]}
            elif "projected" in volume:
                files = self.api.mounted(spec["serviceAccountName"], volume["projected"]["sources"])
            for key, text in files.items():
                (here / key).write_text(text)
            found[mount["mountPath"]] = str(here)
        return found

    def variables(self, spec, fields):
        given = {}
        for variable in spec["containers"][0].get("env", []):
            source = variable.get("valueFrom", {})
            if "secretKeyRef" in source:
                value = self.secret(source["secretKeyRef"]["name"], source["secretKeyRef"]["key"])
            elif "fieldRef" in source:
                value = fields[source["fieldRef"]["fieldPath"]]
            else:
                value = re.sub(r"\$\((\w+)\)", lambda found: given[found[1]], variable["value"])
            given[variable["name"]] = value
        return given

    def here(self, text, mounts):
        text = re.sub(r"[\w-]+-nats:4222", f"127.0.0.1:{self.port}", text).replace("0.0.0.0:9900", "127.0.0.1:0")
        for path, folder in mounts.items():
            if path != "/tmp":
                text = text.replace(path, folder)
        return text

    def start(self, part, name, fields=None, user=None):
        """Starts a pod's container; as another user of the server, where one is given."""
        spec = self.specs[part]
        place = self.folder / name
        mounts = self.mounts(spec, place)
        variables = {key: self.here(value, mounts) for key, value in self.variables(spec, fields or {}).items()}
        if user:
            variables["THRONG_NATS"] = f"nats://{user[0]}:{user[1]}@127.0.0.1:{self.port}"
        container = spec["containers"][0]
        if "args" in container:
            line = [self.throng, *(self.here(word, mounts) for word in container["args"])]
        else:
            line = [server(), *(self.here(word, mounts) for word in container["command"][1:])]
            config = pathlib.Path(mounts["/etc/nats-config"]) / "nats.conf"
            text = self.here(config.read_text(), {"/data": mounts["/data"]})
            config.write_text(text.replace("port: 4222", f"listen: 127.0.0.1:{self.port}").replace("http: 8222", "http: 127.0.0.1:-1"))
        log = open(place / "log", "wb")
        environment = {"PATH": os.environ["PATH"], "HOME": str(place), "TMPDIR": mounts.get("/tmp", str(place)), **variables}
        environment |= {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self.api.server_port)}
        # Where no option says so, it is read where Kubernetes mounts it.
        if SERVICE_ACCOUNT in mounts:
            environment["THRONG_SERVICE_ACCOUNT"] = mounts[SERVICE_ACCOUNT]
        process = subprocess.Popen(line, env=environment, stdout=log, stderr=log, cwd=place)
        self.started.append(process)
        return process, place / "log"

    def start_worker(self, index, attempt="a"):
        """Starts a pod of an index of the Job."""
        name = f"{self.job}-{index}-{attempt}bcde"
        fields = {"metadata.name": name, "metadata.annotations['batch.kubernetes.io/job-completion-index']": str(index)}
        return self.start("worker", f"worker-{index}-{attempt}", fields)

    def start_server(self):
        """Starts the NATS server; gives its log once it serves."""
        process, log = self.start("nats", "nats")
        wait_for(lambda: "Server is ready" in log.read_text() or process.poll() is not None, log, "the server does not start")
        assert process.poll() is None, f"the server does not start: {log.read_text()}"
        return log

    def stop(self):
        for process in self.started:
            process.kill()
            process.wait()
        self.api.shutdown()
        self.api.server_close()


def server():
    """tests/run installs Debian's, beside which another one is named by NATS_SERVER."""
    return os.environ.get("NATS_SERVER") or shutil.which("nats-server") or "/usr/sbin/nats-server"


def wait_for(holds, log, what):
    until = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < until, f"{what}: {log.read_text()}"
        time.sleep(0.1)


def ended(process, log, chart, code, what):
    try:
        process.wait(WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    chart.need(process.returncode == code, f"{what} ended with {process.returncode}: {log.read_text()}")


@contextlib.contextmanager
def released(chart, folder, script, **values):
    """A release with these values, none of whose pods runs yet, and the target of its users."""
    assert pathlib.Path(server()).exists(), "there is no nats-server: apt-get install nats-server, or name one with NATS_SERVER"
    folder.mkdir()
    target = Counting()
    given = {"target": {"url": f"http://127.0.0.1:{target.server_port}"}, "workers": WORKERS, "scripts": {"files": {"reader.lua": script}}, **values}
    given["run"]["summary-json"] = "/var/lib/throng/summary.json"
    (folder / "values.yaml").write_text(json.dumps(given))
    try:
        resources = chart.render(folder / "values.yaml")
        assert resources, "the release cannot be rendered"
        release = Release(resources, chart.throng, folder)
        try:
            yield release, target
        finally:
            release.stop()
    finally:
        target.shutdown()
        target.server_close()


def summary(chart, release, target):
    """What the coordinator wrote of a run in which each request was counted once."""
    told = json.loads((release.folder / "coordinator/var/lib/throng/summary.json").read_text())
    counts = told["requests"]["total"], target.count, told["cluster"]["declared"]
    chart.need(counts[0] > 0 and len(set(counts)) == 1, f"requests counted, received, declared: {counts}")
    chart.need(told["cluster"]["gap"] == 0, f"the gap is {told['cluster']['gap']}")
    return told


def check(chart, folder):
    with released(chart, folder / "release", SCRIPT, run={"users": 6, "ramp": 0}) as (release, target):
        act(chart, release, target)


def act(chart, release, target):
    served = release.start_server()
    workers = [release.start_worker(index) for index in range(WORKERS)]
    ended(*release.start("coordinator", "coordinator"), chart, 0, "the coordinator")
    for worker in workers:
        ended(*worker, chart, 0, "a worker")
    if chart.wrong:
        return
    names = [worker["name"] for worker in summary(chart, release, target)["cluster"]["workers"]]
    chart.need(names == [f"{release.job}-{index}-abcde" for index in range(WORKERS)], f"the workers are {names}")
    chart.need(not release.api.changes, f"nobody asked for another number of workers: {release.api.changes}")
    # What is denied may be noticed later, as heartbeats are.
    denied = [line for line in served.read_text().splitlines() if "Violation" in line]
    chart.need(not denied, f"the server denies what a worker needs: {denied}")
    # Who is a worker leads no run.
    password = release.secret(next(name for name in release.secrets if name.endswith("-nats")), "worker")
    process, log = release.start("coordinator", "impostor", user=("worker", password))
    ended(process, log, chart, 1, "a worker that would lead a run")
    chart.need("does not allow it" in log.read_text(), f"a worker may lead a run: {log.read_text()}")

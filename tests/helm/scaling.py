"""`throng ctl set workers=N` in a release: the coordinator changes the workers' Job, and pods come and go as the Job says."""

import json
import re
import subprocess

from checks import component
from release import WITHIN, ended, released, summary, wait_for

# Sessions of 2 s: a worker that is to leave has some under way, and it is seen if its Job does not wait for them.
SCRIPT = "return { requests = 10, think = 0.2, step = function(user) http.get('/page') end }"
USERS, SESSION = 24, 10
# It lasts until it is stopped.
RUN = {"users": USERS, "ramp": 0, "duration": "1h"}


class JobController:
    """Kubernetes' controller of the workers' Job: an index without a pod gets one unless it has succeeded, and pods of indexes beyond
    the Job are deleted; that they have succeeded is forgotten."""

    def __init__(self, release):
        self.release, self.pods, self.attempts = release, {}, {}
        release.api.on_change = self.follow
        self.follow(release.api.objects["jobs", release.job])

    def follow(self, job):
        if job["metadata"]["name"] != self.release.job:
            return
        completions = job["spec"]["completions"]
        for index in range(completions):
            if index not in self.pods:
                attempt = self.attempts[index] = chr(ord(self.attempts.get(index, "`")) + 1)
                self.pods[index] = self.release.start_worker(index, attempt)
        for index in [index for index in self.pods if index >= completions]:
            process, _ = self.pods.pop(index)
            # A worker that has not left by now is stopped, which ends this run.
            if process.poll() is None:
                process.terminate()



class Control:
    """`throng ctl` for the run of a coordinator with this log, once it listens."""

    def __init__(self, release, log):
        found = []
        wait_for(lambda: found.extend(re.findall(r"control at (http://[^\s,]+)", log.read_text())) or found, log, "it does not listen")
        name = next(name for name in release.secrets if name.endswith("-token"))
        self.throng, self.folder = release.throng, release.folder
        self.to = ["--url", found[0], "--token", release.secret(name, "token")]

    def call(self, *words):
        environment = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder), "THRONG_COLOR": "never"}
        line = [self.throng, "ctl", *words, *self.to]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False)
        assert done.returncode == 0, f"throng ctl {' '.join(words)}: {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def at_work(self):
        # Until the run has begun there are none.
        workers = json.loads(self.call("status", "--json"))["workers"] or {}
        return workers.get("at_work", 0)


def check(chart, folder):
    with released(chart, folder / "scaling", SCRIPT, run=dict(RUN), worker={"threads": 1}) as (release, target):
        act(chart, release, target)


def act(chart, release, target):
    served = release.start_server()
    kubernetes = JobController(release)
    coordinator, log = release.start("coordinator", "coordinator")
    control = Control(release, log)

    def numbers():
        return [(job["spec"]["completions"], job["spec"]["parallelism"]) for job in release.api.changes]

    def go_on(requests):
        until = target.count + requests
        wait_for(lambda: target.count >= until, log, "the run does not go on")

    control.call("set", "workers=3")
    wait_for(lambda: control.at_work() == 3, log, "there are not three workers")
    chart.need(numbers() == [(3, 3)], f"the Job had these completions and parallelism for three workers: {numbers()}")
    # Users move at the ends of their sessions.
    go_on(2 * USERS * SESSION)

    third = kubernetes.pods[2]
    control.call("set", "workers=2")
    wait_for(lambda: len(numbers()) == 2, log, "the Job does not get fewer workers")
    ended(*third, chart, 0, "the third worker")
    chart.need(numbers() == [(3, 3), (2, 2)], f"the Job had these completions and parallelism: {numbers()}")
    wait_for(lambda: control.at_work() == 2, log, "others than two workers are at work")

    # An index that has succeeded runs again, since the Job had fewer meanwhile.
    control.call("set", "workers=3")
    wait_for(lambda: control.at_work() == 3, log, "there are not three workers again")
    go_on(2 * USERS * SESSION)
    chart.need(numbers()[2:] == [(3, 3)], f"the Job had these completions and parallelism: {numbers()}")

    without_right(chart, release, control, log)
    go_on(USERS)
    chart.need(len(numbers()) == 3, f"the Job was changed by whom no Role allows it: {numbers()}")

    control.call("stop")
    ended(coordinator, log, chart, 0, "the coordinator")
    for index in range(3):
        ended(*kubernetes.pods[index], chart, 0, f"worker {index}")
    if chart.wrong:
        return
    workers = {worker["name"]: worker for worker in summary(chart, release, target)["cluster"]["workers"]}
    states = {name: worker["state"] for name, worker in workers.items()}
    expected = {f"{release.job}-{pod}bcde": state for pod, state in [("0-a", "done"), ("1-a", "done"), ("2-a", "left"), ("2-b", "done")]}
    chart.need(states == expected, f"the workers are {states}")
    chart.need(all(worker["counted"] > 0 for worker in workers.values()), f"one of them did nothing: {workers}")
    denied = [line for line in served.read_text().splitlines() if "Violation" in line]
    chart.need(not denied, f"the server denies what a worker needs: {denied}")


def without_right(chart, release, control, log):
    """A coordinator that may not change the Job says so, and what to do."""
    role = next(one for (kind, _), one in release.api.objects.items() if kind == "roles" and component(one) == "coordinator")
    role["rules"][0]["verbs"] = []
    before = len(log.read_text())
    control.call("set", "workers=4")
    words = [release.job, "403", "kubectl patch job"]

    def said():
        return any(all(word in line for word in words) for line in log.read_text()[before:].splitlines())

    wait_for(said, log, f"no line of the log names {', '.join(words)}")
    chart.need(control.at_work() == 3, "others than three workers are at work")

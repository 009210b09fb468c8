"""One recipe, run as its reader would: by the command in the README, in a copy of its folder, only shorter."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from targets import PATIENCE, ROOT, Fault

RECIPES = ROOT / "examples/recipes"
# Seconds of a run in one of the machine's; a release build has no clock but the machine's. Only where no time of the target counts.
FAST = 10
LONGEST_RUN = 90


def commands():
    """The commands of the README, by recipe."""
    text = (RECIPES / "README.md").read_text().replace("\\\n", " ")
    found = re.findall(r"^throng run --script-dir examples/recipes/([\w-]+)/scripts .*$", text, re.MULTILINE)
    lines = re.findall(r"^throng run --script-dir examples/recipes/[\w-]+/scripts .*$", text, re.MULTILINE)
    return dict(zip(found, map(shlex.split, lines)))


class Trial:
    """A folder with a copy of one recipe; what was found wrong is in `wrong`."""

    def __init__(self, name, throng, folder):
        self.name, self.throng = name, throng
        self.folder = pathlib.Path(folder)
        self.recipe = self.folder / "examples/recipes" / name
        shutil.copytree(RECIPES / name, self.recipe)
        self.requests = self.held = 0
        self.wrong = []
        self.summary = self.printed = None

    def need(self, holds, what):
        """Notes what does not hold."""
        self.held += bool(holds)
        if not holds:
            self.wrong.append(f"{self.name}: {what}")
        return holds

    def environment(self, speed):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("THRONG_")}
        home = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder), "THRONG_STATE_DIR": str(self.folder / "state")}
        return {**environment, **home, "THRONG_CLOCK_SPEED": str(speed)}

    def words(self, url, more):
        """The README's command against this target. Of an option that is given again the README's own is left out."""
        if self.name not in (known := commands()):
            raise Fault(f"examples/recipes/README.md has no command for {self.name}")
        words = known[self.name][1:]
        words[words.index("--base-url") + 1] = url
        more = shlex.split(more)
        if "--sessions" in more or "--stage" in more:
            more_than = {*more, "--duration", *(["--users"] if "--stage" in more else [])}
        else:
            more_than = set(more)
        for option in [word for word in words if word.startswith("--") and word in more_than]:
            place = words.index(option)
            is_flag = place + 1 == len(words) or words[place + 1].startswith("-")
            del words[place : place + (1 if is_flag else 2)]
        own = ["--seed", "7", "--summary-json", str(self.folder / "summary.json")]
        return [self.throng, *words, *own, *(() if "--listen" in more else ("--no-listen",)), *more]

    def start(self, url, more, speed=FAST):
        """The run, in a file of whose output its end is read."""
        self.output = self.folder / "output"
        self.url = url
        with open(self.output, "wb") as out:
            return subprocess.Popen(
                self.words(url, more), cwd=self.folder, env=self.environment(speed), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
            )

    def end(self, run, code=0):
        """Waits for the run, and reads its summary."""
        try:
            run.wait(LONGEST_RUN)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()
        self.printed = self.output.read_text(errors="replace")
        if not self.need(run.returncode == code, f"ended with {run.returncode}, not {code}:\n{self.printed[-3000:]}"):
            raise Fault(f"{self.name}: the rest was not looked at")
        self.summary = json.loads((self.folder / "summary.json").read_text())
        self.requests += self.summary["requests"]["total"]

    def run(self, target, more, speed=FAST, code=0):
        self.end(self.start(target.url, more, speed), code)

    def say(self, *words):
        """Another command of throng, to its end."""
        command = [self.throng, *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(FAST), capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    def change(self, file, *replacements):
        """Replaces text in a file of the recipe's copy."""
        file = self.recipe / file
        text = file.read_text()
        for old, new in replacements:
            if old not in text:
                raise Fault(f"{self.name}: {file.name} has no {old!r}")
            text = text.replace(old, new)
        file.write_text(text)

    # --- what the summary says -------------------------------------------------------------------------------------

    def fine(self, failed_sessions=0, failures=(), unmade_checks=()):
        """What holds for each recipe: no error in it, each of its checks made and none failed, no failure but those that it is about."""
        summary = self.summary
        self.need(not summary["script_errors"], f"errors in scripts: {summary['script_errors']}")
        self.need(summary["sessions"]["failed"] == failed_sessions, f"failed sessions: {summary['sessions']['failures']}")
        reasons = {group["reason"] for group in summary["failure_groups"]}
        self.need(reasons <= set(failures), f"failures: {reasons}")
        self.need(summary["requests"]["error"] == 0, f"requests without a response: {summary['errors']}")
        made = {check["name"]: check for check in summary["checks"]}
        written = set()
        for script in self.recipe.rglob("*.lua"):
            written |= set(re.findall(r'metrics\.check\(\s*"([^"]+)"', script.read_text()))
        for name in written - set(unmade_checks):
            check = made.get(name, {"passed": 0, "failed": 0})
            self.need(check["passed"] > 0 and check["failed"] == 0, f"check {name!r}: {check['passed']} passed, {check['failed']} failed")

    def statuses(self, method=None, name=None):
        """Requests by method and status, of all or of some endpoints; `none` without a response."""
        counts = {}
        for endpoint in self.summary["endpoints"]:
            if method in (None, endpoint["method"]) and name in (None, endpoint["name"]):
                for status, count in endpoint["status"].items():
                    key = (endpoint["method"], status)
                    counts[key] = counts.get(key, 0) + count
        return counts

    def count(self, method, name, status):
        return self.statuses(method, name).get((method, str(status)), 0)

    def reached(self, **endpoints):
        """Each of these endpoints has each of these statuses, and no other: `reached(**{"GET /get": "200"})`."""
        for place, wanted in endpoints.items():
            method, name = place.split(" ", 1)
            seen = {status for _, status in self.statuses(method, name)}
            self.need(seen == set(wanted.split()), f"{place} had the statuses {sorted(seen)}, not {wanted}")

    def logged(self, requests):
        """The target answered what the summary counts, by method and status."""
        seen = {}
        for request in requests:
            key = (request.method, request.status)
            seen[key] = seen.get(key, 0) + 1
        counted = {key: count for key, count in self.statuses().items() if key[1] != "none"}
        self.need(seen == counted, f"the target answered {seen}, and the summary has {counted}")

    def check(self, name):
        return next((check["passed"] for check in self.summary["checks"] if check["name"] == name), 0)

    def metric(self, name, field="value"):
        """The sum over all labels of a metric of the recipe."""
        return sum(value[field] for metric in self.summary["metrics"] if metric["name"] == name for value in metric["values"])

    def journey(self, name):
        return next(journey for journey in self.summary["journeys"] if journey["name"] == name)

"""Measured processes: started on chosen cores, ended by their id, sampled for CPU and memory."""

import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def say(text=""):
    print(text, flush=True)


def stop(text):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {text}")


def need_cores(count):
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < count:
        stop(f"needs {count} cores, one for the target and one for the crowd; there are {len(cores)}")
    return cores[:count]


def need_programs(*programs):
    """Debian packages have the names of these programs."""
    missing = [program for program in programs if shutil.which(program) is None and not os.path.exists(f"/usr/sbin/{program}")]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        stop(f"needs {' and '.join(missing)}; install with: sudo {' '.join(install)}")
    say(f"Installing {' and '.join(missing)} with apt-get.")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            stop(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def need_open_files(count):
    """Raises the limit for this process and those it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    if hard != unlimited and hard < count:
        stop(f"needs {count} open files and may have {hard}; raise the limit with: ulimit -Hn {count}")
    if soft != unlimited and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def throng_binary(given):
    if given:
        return str(pathlib.Path(given).resolve())
    say("Building throng for release.")
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "throng"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return str((ROOT / target / "release" / "throng").resolve())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One program on one set of cores. Its output goes to a file, which is shown when it fails."""

    def __init__(self, command, cores, log):
        self.name = pathlib.Path(command[0]).name
        self.log = pathlib.Path(log)
        self.started = time.monotonic()
        self.seconds = None
        self.cpu_seconds = None
        self.peak_kib = 0
        self.status = None
        # THRONG_* variables of the caller would change the measurement.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("THRONG_")}
        with open(self.log, "wb") as out:
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                preexec_fn=lambda: os.sched_setaffinity(0, cores),
            )

    def look(self):
        """Reads the peak of resident memory; False when the process has ended.

        The peak that wait4 tells would include this interpreter, which the child was before it became the program.
        """
        if self.status is not None:
            return False
        try:
            for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.peak_kib = max(self.peak_kib, int(line.split()[1]))
        except OSError:
            pass
        pid, status, usage = os.wait4(self.child.pid, os.WNOHANG)
        if pid == 0:
            return True
        self.seconds = time.monotonic() - self.started
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.status = os.waitstatus_to_exitcode(status)
        self.child.returncode = self.status
        return False

    def wait(self, at_most):
        """Waits until it ends."""
        deadline = self.started + at_most
        while self.look():
            if time.monotonic() > deadline:
                self.end()
                stop(f"{self.name} did not end within {at_most} s:\n{self.tail()}")
            time.sleep(0.05)
        return self

    def end(self):
        """Terminates it, then kills it."""
        for ask, patience in ((signal.SIGTERM, 3), (signal.SIGTERM, 3), (signal.SIGKILL, 5)):
            if not self.look():
                return
            os.kill(self.child.pid, ask)
            deadline = time.monotonic() + patience
            while self.look() and time.monotonic() < deadline:
                time.sleep(0.05)

    def must_be_fine(self):
        if self.status != 0:
            stop(f"{self.name} ended with {self.status}:\n{self.tail()}")
        return self

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def wait_for_port(process, port, at_most=20):
    deadline = time.monotonic() + at_most
    while time.monotonic() < deadline:
        if not process.look():
            stop(f"{process.name} ended before it answered:\n{process.tail()}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    process.end()
    stop(f"{process.name} did not answer on port {port} within {at_most} s:\n{process.tail()}")


def summary(process, path):
    """What `--summary-json` wrote."""
    try:
        return json.loads(pathlib.Path(path).read_text())
    except (OSError, ValueError) as error:
        stop(f"{process.name} left no summary ({error}):\n{process.tail()}")


def median(values):
    return statistics.median(values)


class Verdicts:
    """Figures against their limits; the exit code is 1 when one is over."""

    def __init__(self):
        self.over = False

    def at_most(self, name, value, limit, unit):
        fine = value <= limit
        self.over = self.over or not fine
        say(f"  {name:<34} {value:>9.2f} {unit:<10} limit {limit:g}  {'ok' if fine else 'OVER'}")

    def exit(self):
        sys.exit(1 if self.over else 0)

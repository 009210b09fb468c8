"""The options of a command as its --help names them, and the schema of those that values of the chart may give."""

import json
import re
import subprocess

# What the chart gives itself, or what has no place in a pod: a mock and a document to compare with are for one machine, nobody types
# there, folders of a ConfigMap cannot be written to, and a ServiceAccount's token is where Kubernetes mounts it.
OWN = {
    "help", "base-url", "workers", "workers-within", "on-loss", "script-dir", "lib-dir", "builtin", "plan", "listen", "no-listen", "token",
    "state-dir", "threads", "nats", "nats-creds", "nats-nkey", "nats-ca", "nats-cert", "nats-key", "mock", "openapi", "min-coverage",
    "no-schema-checks", "dry-run", "trace", "tui", "open", "edit", "kubernetes-job", "service-account",
}


# Longest line of the schema, but for its texts.
WIDEST = 120


class Option:
    """One option: its long name, whether it takes a value, whether it may be repeated, the variable that stands for it."""

    def __init__(self, name, value, text):
        self.name, self.takes_value = name, value is not None
        self.repeats = "may be repeated" in " ".join(text.split())
        variable = re.search(r"\[env:\s+(THRONG_[A-Z_]+)", text)
        self.variable = variable and variable.group(1)

    def schema(self):
        """One of the definitions of the schema."""
        kind = "flag" if not self.takes_value else "values" if self.repeats else "value"
        return {"$ref": f"#/definitions/{kind}"}


def options(throng, command):
    """By their names."""
    told = subprocess.run([throng, command, "--help"], capture_output=True, text=True, check=True).stdout
    heads = list(re.finditer(r"^ {2}(?:-\w, | {4})--([a-z][a-z0-9-]*)(?: <([^>]+)>)?", told, re.MULTILINE))
    ends = [head.start() for head in heads[1:]] + [len(told)]
    return {head[1]: Option(head[1], head[2], told[head.end() : end]) for head, end in zip(heads, ends)}


def schema_of_run(throng):
    """Of the values below `run`."""
    named = options(throng, "run")
    missing = OWN - named.keys()
    assert not missing, f"throng run has no {', '.join(sorted(missing))}: tests/helm/options.py names options that are gone"
    return {
        "type": "object",
        "description": "Options of throng run by their long names. tests/helm/run --write makes this list of its --help.",
        "additionalProperties": False,
        "properties": {name: option.schema() for name, option in sorted(named.items()) if name not in OWN},
    }


def laid_out(value, indent=0):
    """JSON, with what fits on a line on one."""
    short = json.dumps(value)
    if len(short) + 2 * indent <= WIDEST or not isinstance(value, (dict, list)):
        return short
    inner, outer = "  " * (indent + 1), "  " * indent
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {laid_out(one, indent + 1)}" for key, one in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + laid_out(one, indent + 1) for one in value) + f"\n{outer}]"


def write(throng, file):
    schema = json.loads(file.read_text())
    schema["properties"]["run"] = schema_of_run(throng)
    file.write_text(laid_out(schema) + "\n")

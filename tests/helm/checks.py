"""What a chart has to be, without a cluster."""

import json
import pathlib
import re
import subprocess

import kubernetes_validate
import options
import yaml

VALUES = pathlib.Path(__file__).resolve().parent / "values"
VERSIONS = ["1.29", "1.33", "1.37"]

# Values with which the coordinator leaves the workers' Job as it is.
KEEP_JOB = ("builtin.yaml", "four-nodes.yaml")

# Of the Prometheus operator's PodMonitor: what the chart may use, by the names that its CRD (monitoring.coreos.com/v1) has.
POD_MONITOR = {"selector": {"matchLabels"}, "podMetricsEndpoints": {"port", "path", "interval", "authorization"}}

# Mistakes in values, and what the refusal has to name.
TYPOS = [
    (["workres=8"], "workres"),
    (["worker.resource.limits.cpu=2"], "resource"),
    (["run.user=8"], "user"),
    (["run.cleanup=yes"], "/run/cleanup"),
    (["run.duration=true"], "/run/duration"),
    (["run.base-url=http://other"], "base-url"),
    (["workers=0"], "/workers"),
    (["workers=many"], "/workers"),
    (["target.url=shop:8080"], "/target/url"),
    (["target.url=null"], "url"),
    (["coordinator.onLoss=retry"], "/coordinator/onLoss"),
    (["nats.url=http://nats:4222"], "/nats/url"),
    (["nats.credentials.kind=token"], "/nats/credentials/kind"),
    (["networkPolicy.enabled=true", "networkPolicy.targets[0].too[0].ipBlock.cidr=10.0.0.0/8"], "too"),
    (["networkPolicy.enabled=true"], "networkPolicy.targets: say where users may send requests"),
    (["networkPolicy.enabled=true", "nats.url=nats://n:4222", "networkPolicy.targets[0].to[0].ipBlock.cidr=10.0.0.0/8"], "networkPolicy.nats"),
    (["networkPolicy.enabled=true", "networkPolicy.targets[0].to[0].ipBlock.cidr=10.0.0.0/8"], "networkPolicy.kubernetesApi: say where"),
    (["networkPolicy.enabled=true", "networkPolicy.targets[0].to[0].ipBlock.cidr=10.0.0.0/8"], "or give coordinator.scaleJob=false"),
    (["networkPolicy.kubernetesApi[0].ports[0].port=6443"], "/networkPolicy/kubernetesApi/0"),
    (["networkPolicy.kubernetesAPI[0].to[0].ipBlock.cidr=10.0.0.1/32"], "kubernetesAPI"),
    (["coordinator.scaleJob=yes"], "/coordinator/scaleJob"),
    (["coordinator.scaleJobs=true"], "scaleJobs"),
    (["run.kubernetes-job=other"], "kubernetes-job"),
    (["scripts.builtin=true"], "scripts: give one of"),
]


class Chart:
    """The chart, what comes of it for each file of values, and what is wrong."""

    def __init__(self, helm, folder, throng):
        self.helm, self.folder, self.throng = helm, folder, throng
        self.wrong, self.validated, self.refused = [], 0, 0
        self.commands = {name: options.options(throng, name) for name in ("run", "worker")}
        self.rendered = {}

    def need(self, holds, text):
        if not holds:
            self.wrong.append(text)

    def call(self, *words):
        return subprocess.run([self.helm, *words], capture_output=True, text=True, check=False)

    def render(self, file, *words):
        """The resources, by kind and component."""
        done = self.call("template", "r1", self.folder, "--values", file, *words)
        if done.returncode != 0:
            self.wrong.append(f"helm template --values {file}: {done.stderr}")
            return []
        return [resource for resource in yaml.safe_load_all(done.stdout) if resource]


def component(resource):
    return resource["metadata"]["labels"].get("app.kubernetes.io/component")


def pods(resources):
    """Name, component and specification of each pod."""
    for resource in resources:
        if resource["kind"] in ("Job", "StatefulSet"):
            yield resource["metadata"]["name"], component(resource), resource["spec"]["template"]["spec"]


def lint(chart):
    for file in [*sorted(VALUES.glob("*.yaml")), chart.folder.parent / "four-nodes.yaml"]:
        done = chart.call("lint", "--strict", "--values", file, chart.folder)
        chart.need(done.returncode == 0, f"helm lint --values {file.name}: {done.stdout}{done.stderr}")
        chart.rendered[file.name] = chart.render(file)
    chart.need(len(chart.rendered) >= 4, f"only {len(chart.rendered)} files of values were found")


def schemas(chart):
    for file, resources in chart.rendered.items():
        for resource in resources:
            place = f"{file}: {resource['kind']} {resource['metadata']['name']}"
            if resource["kind"] == "PodMonitor":
                pod_monitor(chart, place, resource)
                continue
            for version in VERSIONS:
                try:
                    kubernetes_validate.validate(resource, version, strict=True)
                    chart.validated += 1
                except kubernetes_validate.ValidationError as fault:
                    chart.wrong.append(f"{place}: Kubernetes {version}: {fault.message} at {list(fault.path)}")
    try:
        broken = json.loads(json.dumps(chart.rendered["smallest.yaml"][-1]))
        broken["spec"]["sepc"] = 1
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)
        chart.wrong.append("the schemas accept a key that is not there")
    except kubernetes_validate.ValidationError:
        pass


def pod_monitor(chart, place, resource):
    spec = resource["spec"]
    chart.need(spec.keys() == POD_MONITOR.keys(), f"{place}: {sorted(spec)}")
    chart.need(spec["selector"].keys() == POD_MONITOR["selector"], f"{place}: {spec['selector']}")
    for endpoint in spec["podMetricsEndpoints"]:
        chart.need(endpoint.keys() <= POD_MONITOR["podMetricsEndpoints"], f"{place}: {sorted(endpoint)}")
        chart.need(endpoint["authorization"]["credentials"].keys() == {"name", "key"}, f"{place}: {endpoint}")


def mistakes(chart):
    for words, named in TYPOS:
        line = [word for one in words for word in ("--set", one)]
        done = chart.call("template", "r1", chart.folder, "--values", VALUES / "smallest.yaml", *line)
        said = done.stderr.replace("'", "")
        refused = done.returncode != 0 and (named in said or named.strip("/").replace("/", ".") in said)
        chart.need(refused, f"helm template --set {' '.join(words)}: exit code {done.returncode}, and {named} is not named: {done.stderr}")
        chart.refused += refused


def words(chart):
    """Each option and each variable of the containers is one of the program's."""
    seen = set()
    for file, resources in chart.rendered.items():
        for pod, _, spec in pods(resources):
            for container in spec["containers"]:
                command, *args = container.get("args", [None])
                if command is None:
                    continue
                known = chart.commands[command]
                for word in args:
                    name, equals, _ = word.removeprefix("--").partition("=")
                    fits = word.startswith("--") and name in known and known[name].takes_value == bool(equals)
                    chart.need(fits, f"{file}: {pod}: throng {command} has no {word}")
                    seen.add((command, name))
                variables = {option.variable for option in known.values()}
                for variable in container.get("env", []):
                    fits = not variable["name"].startswith("THRONG_") or variable["name"] in variables
                    chart.need(fits, f"{file}: {pod}: throng {command} reads no {variable['name']}")
    chart.need(len(seen) >= 15, f"only these options were seen: {seen}")


def projected(spec):
    """The sources of each projected volume that a container mounts."""
    sources = {volume["name"]: volume["projected"]["sources"] for volume in spec["volumes"] if "projected" in volume}
    for container in [*spec["containers"], *spec.get("initContainers", [])]:
        for mount in container.get("volumeMounts", []):
            if mount["name"] in sources:
                yield container, sources[mount["name"]]


def safety(chart):
    for file, resources in chart.rendered.items():
        chart.need(len(list(pods(resources))) >= 2, f"{file} has no pods")
        for pod, part, spec in pods(resources):
            place = f"{file}: {pod}"
            chart.need(spec["automountServiceAccountToken"] is False, f"{place}: all of its containers have a token of the cluster")
            tokens = [container["name"] for container, sources in projected(spec) if any("serviceAccountToken" in one for one in sources)]
            needed = ["coordinator"] if part == "coordinator" and file not in KEEP_JOB else []
            chart.need(tokens == needed, f"{place}: these containers have a token of the cluster: {tokens}")
            chart.need(spec["enableServiceLinks"] is False, f"{place}: has variables of services")
            chart.need(spec["securityContext"]["runAsNonRoot"] is True, f"{place}: may be root")
            for container in [*spec["containers"], *spec.get("initContainers", [])]:
                context = container["securityContext"]
                closed = context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"]
                chart.need(closed and context["capabilities"] == {"drop": ["ALL"]}, f"{place}: {context}")
                resources_of = container["resources"]
                equal = part == "nats" or resources_of["requests"] == resources_of["limits"]
                chart.need(equal, f"{place}: {container['name']}: {resources_of}")
            mounts = {mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]}
            chart.need(part == "nats" or {"/var/lib/throng", "/tmp"} <= mounts, f"{place}: nothing to write to: {mounts}")
            has_scripts = any(mount.startswith("/etc/throng") for mount in mounts)
            is_coordinator = part == "coordinator" and file != "builtin.yaml"
            chart.need(has_scripts == is_coordinator, f"{place}: scripts are mounted at the coordinator only: {mounts}")


def rights(chart):
    """The coordinator may patch the workers' Job where it scales it, and nothing else; nobody else may do anything."""
    for file, resources in chart.rendered.items():
        kept = [one for one in resources if one["kind"] == "ServiceAccount" or "Role" in one["kind"]]
        found = {one["kind"]: one for one in kept}
        spec = {part: spec for _, part, spec in pods(resources)}
        named = [word for word in spec["coordinator"]["containers"][0]["args"] if word.startswith("--kubernetes-job")]
        accounts = {part: one["serviceAccountName"] for part, one in spec.items() if "serviceAccountName" in one}
        if file in KEEP_JOB:
            chart.need(not kept and not named and not accounts, f"{file}: {sorted(found)}, {named}, {accounts}")
            continue
        job = next(one["metadata"]["name"] for one in resources if one["kind"] == "Job" and component(one) == "worker")
        account, role, binding = found["ServiceAccount"], found["Role"], found["RoleBinding"]
        name = account["metadata"]["name"]
        chart.need(len(kept) == 3 and named == [f"--kubernetes-job={job}"], f"{file}: {sorted(found)}, {named}")
        chart.need(accounts == {"coordinator": name}, f"{file}: these pods have an account: {accounts}")
        chart.need(account["automountServiceAccountToken"] is False, f"{file}: any pod of {name} has its token")
        rule = {"apiGroups": ["batch"], "resources": ["jobs"], "resourceNames": [job], "verbs": ["patch"]}
        chart.need(role["rules"] == [rule], f"{file}: {role['rules']}")
        of = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role["metadata"]["name"]}
        subjects = [{"kind": "ServiceAccount", "name": name, "namespace": "default"}]
        chart.need(binding["roleRef"] == of and binding["subjects"] == subjects, f"{file}: {binding}")


def jobs(chart):
    for file, resources in chart.rendered.items():
        of = {component(one): one["spec"] for one in resources if one["kind"] == "Job"}
        worker, coordinator = of["worker"], of["coordinator"]
        count = f"--workers={worker['completions']}"
        chart.need(worker["parallelism"] == worker["completions"], f"{file}: workers wait for each other")
        chart.need(count in coordinator["template"]["spec"]["containers"][0]["args"], f"{file}: the coordinator waits for others than {count}")
        chart.need(worker["completionMode"] == "Indexed" and worker["podReplacementPolicy"] == "Failed", f"{file}: {worker}")
        policies = {rule["action"]: rule for rule in worker["podFailurePolicy"]["rules"]}
        chart.need(policies["FailIndex"]["onExitCodes"]["values"] == [2], f"{file}: {policies}")
        chart.need(policies["Ignore"]["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}], f"{file}: {policies}")
        chart.need(coordinator["backoffLimit"] == 0, f"{file}: a run would begin again by itself")
        has_end = file != "builtin.yaml"
        chart.need(all(("activeDeadlineSeconds" in spec) == has_end for spec in of.values()), f"{file}: activeDeadlineSeconds")
    def args(file):
        return next(spec for _, part, spec in pods(chart.rendered[file]) if part == "coordinator")["containers"][0]["args"]
    chart.need("--users=1000000" in args("builtin.yaml"), f"a large number is written otherwise: {args('builtin.yaml')}")
    chart.need("--strict" not in args("builtin.yaml"), "a flag that is false is given")
    chart.need("--linger=1m" in args("all.yaml") and "--linger=2m" in args("restricted.yaml"), "--linger")
    # Each worker that a run may get has to hear its answers.
    places = chart.render(VALUES / "smallest.yaml", "--set", "workers=200"), chart.rendered["smallest.yaml"]
    config = [next(one["data"]["nats.conf"] for one in of if "nats.conf" in one.get("data", {})) for of in places]
    inboxes = [len(set(re.findall(r'"_INBOX_w(\d+)\.>"', text))) for text in config]
    chart.need(inboxes == [200, 128], f"places of workers with 200 and 4 of them: {inboxes}")
    worker = next(spec for _, part, spec in pods(chart.rendered["all.yaml"]) if part == "worker")["containers"][0]
    paths = [mount.get("subPathExpr") for mount in worker["volumeMounts"]]
    chart.need("worker-$(THRONG_WORKER_INDEX).nk" in paths, f"no worker has a credential of its own: {paths}")


def policies(chart):
    for file in ("all.yaml", "restricted.yaml"):
        found = {one["metadata"]["name"]: one["spec"] for one in chart.rendered[file] if one["kind"] == "NetworkPolicy"}
        chart.need(len(found) == (2 if file == "all.yaml" else 3), f"{file}: {sorted(found)}")
        for name, spec in found.items():
            chart.need(spec["policyTypes"] == ["Ingress", "Egress"], f"{file}: {name}: {spec['policyTypes']}")
            chart.need(all(rule.get("to") and rule.get("ports") for rule in spec["egress"]), f"{file}: {name}: reaches anything: {spec['egress']}")
        reach = {name: [peer for rule in spec["egress"] for peer in rule["to"]] for name, spec in found.items()}
        to_api = [name for name, peers in reach.items() if {"ipBlock": {"cidr": "10.0.0.1/32"}} in peers]
        chart.need(len(to_api) == 1 and to_api[0].endswith("-coordinator"), f"{file}: these reach the API server: {to_api}")
    chart.need(not any(one["kind"] == "NetworkPolicy" for one in chart.rendered["smallest.yaml"]), "policies where none were asked for")


def schema_of_options(chart):
    schema = json.loads((chart.folder / "values.schema.json").read_text())
    same = schema["properties"]["run"] == options.schema_of_run(chart.throng)
    chart.need(same, "values.schema.json names other options than throng run --help: tests/helm/run --throng PATH --write")
    values = yaml.safe_load((chart.folder / "values.yaml").read_text())
    missing = schema["properties"].keys() - values.keys() - {"global"}
    chart.need(not missing, f"values.yaml does not show {missing}")


CHECKS = {
    "helm lints and renders it": lint,
    f"schemas of {', '.join(VERSIONS)} accept it": schemas,
    "mistakes in values are refused": mistakes,
    "options and variables are the program's": words,
    "the list of options is that of --help": schema_of_options,
    "pods may do no more than they need": safety,
    "the coordinator may scale one Job": rights,
    "jobs end as runs do": jobs,
    "policies allow what was named": policies,
}

"""What the chart and its token do with a Kubernetes API server."""

import json
import ssl
import urllib.error
import urllib.request

from api_server import ApiServer
from checks import VALUES, component

VALUES_FILE = VALUES / "smallest.yaml"
MERGE_PATCH = "application/merge-patch+json"


def served(chart):
    """The resources of a release, behind a server, and the names of the coordinator's Job and of the workers'."""
    resources = chart.render(VALUES_FILE)
    names = {component(one): one["metadata"]["name"] for one in resources if one["kind"] == "Job"}
    return ApiServer(resources), names["coordinator"], names["worker"]


def token(chart, **_):
    """With the coordinator's token one Job can be patched, in one way, and nothing else be done."""
    server, coordinator, workers = served(chart)
    spec = server.objects["jobs", coordinator]["spec"]["template"]["spec"]
    sources = next(volume["projected"]["sources"] for volume in spec["volumes"] if "projected" in volume)
    mounted = server.mounted(spec["serviceAccountName"], sources)
    own = mounted["token"]
    trusted = ssl.create_default_context(cadata=mounted["ca.crt"])
    jobs = "/apis/batch/v1/namespaces/default/jobs/"
    three = {"completions": 3, "parallelism": 3}
    for who, verb, path, content_type, spec, code in [
        ("nobody", "PATCH", jobs + workers, MERGE_PATCH, three, 401),
        (own, "PATCH", jobs + coordinator, MERGE_PATCH, three, 403),
        (own, "PATCH", jobs.replace("default", "other") + workers, MERGE_PATCH, three, 403),
        (own, "GET", jobs + workers, None, None, 403),
        (own, "GET", jobs.replace("apis/batch/v1", "api/v1").replace("jobs/", "secrets/r1-throng-token"), None, None, 403),
        (own, "PATCH", jobs + workers, "application/json", three, 415),
        (own, "PATCH", jobs + workers, MERGE_PATCH, {"completions": 3}, 422),
        (own, "PATCH", jobs + workers, MERGE_PATCH, {**three, "backoffLimitPerIndex": 9}, 422),
        (own, "PATCH", jobs + workers, MERGE_PATCH, {"completions": "3", "parallelism": "3"}, 400),
        (own, "PATCH", jobs + workers + "?fieldValidation=Strict", MERGE_PATCH, {**three, "completion": 3}, 400),
        (own, "PATCH", jobs + workers, MERGE_PATCH, three, 200),
    ]:
        request = urllib.request.Request(f"https://127.0.0.1:{server.server_port}{path}", method=verb)
        request.add_header("Authorization", f"Bearer {who}")
        if spec:
            request.add_header("Content-Type", content_type)
            request.data = json.dumps({"spec": spec}).encode()
        try:
            with urllib.request.urlopen(request, context=trusted) as answer:
                got, said = answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            got, said = refused.code, json.load(refused)
        chart.need(got == code and said["kind"] == ("Job" if code == 200 else "Status"), f"{verb} {path} {spec}: {got}, not {code}: {said}")
    counts = [(one["spec"]["completions"], one["spec"]["parallelism"]) for one in server.changes]
    chart.need(counts == [(3, 3)], f"the Job had these completions and parallelism: {counts}")
    stop(server)


def upgrade(chart, folder):
    """Another number of workers than that of the values stays, where helm finds the Job with it."""
    server, _, workers = served(chart)
    server.objects["jobs", workers]["spec"].update(completions=7, parallelism=7)
    trusted = folder / "upgrade.crt"
    server.authority.cert_pem.write_to_path(trusted)
    to = ["--kube-apiserver", f"https://127.0.0.1:{server.server_port}", "--kube-ca-file", str(trusted), "--kube-token", server.admin]
    how = ["--dry-run=server", "--is-upgrade", "--disable-openapi-validation"]
    for more, number in [([], 7), (["--set", "id=2"], 4)]:
        resources = chart.render(VALUES_FILE, *how, *to, *more)
        found = [one["spec"] for one in resources if one["kind"] == "Job" and component(one) == "worker"]
        counts = [(spec["completions"], spec["parallelism"]) for spec in found]
        chart.need(counts == [(number, number)], f"an upgrade {more} would make the number of workers {counts}, not {number}")
    stop(server)


def stop(server):
    server.shutdown()
    server.server_close()


CHECKS = {"its token patches that Job, and no more": token, "an upgrade leaves the number of workers": upgrade}

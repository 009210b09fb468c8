"""A Kubernetes API server as far as a release needs one: its objects, who may do what to them, and what may be changed of a Job."""

import copy
import http.server
import json
import re
import secrets
import ssl
import threading

import kubernetes_validate
import trustme
from checks import VERSIONS

NAMESPACE = "default"
OBJECT = re.compile(r"/(?:api|apis/(?P<group>[^/]+))/v\d\w*/namespaces/(?P<namespace>[^/]+)/(?P<resource>[^/]+)/(?P<name>[^/]+)")


class Refused(Exception):
    """What is answered instead: a status code, a reason of Kubernetes and a message."""

    def __init__(self, code, reason, message):
        super().__init__(message)
        self.status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code}


class ApiServer(http.server.ThreadingHTTPServer):
    """Serves these objects with HTTPS. Who has a token of `mount` may do what Roles allow; `admin` may do all."""

    daemon_threads = True

    def __init__(self, resources):
        self.objects = {(plural(one["kind"]), one["metadata"]["name"]): copy.deepcopy(one) for one in resources}
        self.discovery = discovery(resources)
        self.admin = secrets.token_urlsafe(32)
        self.tokens = {self.admin: None}
        # What each patch made of an object, and who acts on it.
        self.changes, self.on_change = [], lambda changed: None
        self.lock = threading.Lock()
        self.authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("127.0.0.1").configure_cert(context)
        super().__init__(("127.0.0.1", 0), Exchange)
        # A client that connects and says nothing keeps only its own thread waiting.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def mounted(self, account, sources):
        """The files that Kubernetes mounts for these sources of a projected volume, in a pod of this ServiceAccount."""
        files = {}
        for (kind, source), in map(dict.items, sources):
            if kind == "serviceAccountToken":
                token = secrets.token_urlsafe(32)
                self.tokens[token] = account
                files[source["path"]] = token
                continue
            for item in source["items"]:
                if kind == "configMap":
                    files[item["path"]] = {"kube-root-ca.crt": {"ca.crt": self.ca()}}[source["name"]][item["key"]]
                else:
                    files[item["path"]] = {"metadata.namespace": NAMESPACE}[item["fieldRef"]["fieldPath"]]
        return files

    def ca(self):
        return self.authority.cert_pem.bytes().decode()

    def allows(self, account, verb, group, resource, name):
        """Whether a Role that is bound to this account has such a rule."""
        subject = {"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}
        of = {kind: [one for (found, _), one in self.objects.items() if found == kind] for kind in ("roles", "rolebindings")}
        bound = {one["roleRef"]["name"] for one in of["rolebindings"] if subject in one["subjects"]}
        rules = [rule for role in of["roles"] if role["metadata"]["name"] in bound for rule in role["rules"]]
        what = {"verbs": verb, "apiGroups": group, "resources": resource}
        return any(all(one in rule[key] for key, one in what.items()) and name in rule.get("resourceNames", [name]) for rule in rules)

    def answer(self, verb, path, query, headers, body):
        """The object after what is asked for was done."""
        kind, _, token = headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.tokens:
            raise Refused(401, "Unauthorized", "Unauthorized")
        if verb == "get" and path in self.discovery:
            return self.discovery[path]
        found = OBJECT.fullmatch(path)
        if not found:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        group, namespace, resource, name = found["group"] or "", found["namespace"], found["resource"], found["name"]
        account, called = self.tokens[token], f"{resource}.{group}".rstrip(".")
        if account and not (namespace == NAMESPACE and self.allows(account, verb, group, resource, name)):
            who = f'User "system:serviceaccount:{NAMESPACE}:{account}" cannot {verb} resource "{resource}" in API group "{group}"'
            raise Refused(403, "Forbidden", f'{called} "{name}" is forbidden: {who} in the namespace "{namespace}"')
        if namespace != NAMESPACE or (resource, name) not in self.objects:
            raise Refused(404, "NotFound", f'{called} "{name}" not found')
        if verb == "get":
            return self.objects[resource, name]
        return self.patch((resource, name), headers.get("Content-Type"), body, "fieldValidation=Strict" in query.split("&"))

    def patch(self, key, content_type, body, strict):
        if content_type != "application/merge-patch+json":
            known = "accepted media types include: application/merge-patch+json"
            raise Refused(415, "UnsupportedMediaType", f"the body of the request was in an unknown format - {known}")
        try:
            given = json.loads(body)
        except ValueError as fault:
            raise Refused(400, "BadRequest", f"error decoding patch: {fault}") from fault
        with self.lock:
            before = self.objects[key]
            after = merged(before, given)
            if after != before:
                admit(before, after, strict)
                self.objects[key] = after
                self.changes.append(after)
                self.on_change(after)
        return after


class Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.exchange("get")

    def do_PATCH(self):
        self.exchange("patch")

    def exchange(self, verb):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            path, _, query = self.path.partition("?")
            code, answer = 200, self.server.answer(verb, path, query, self.headers, body)
        except Refused as refused:
            code, answer = refused.status["code"], refused.status
        text = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def merged(value, given):
    """A JSON merge patch (RFC 7386)."""
    if not isinstance(given, dict):
        return given
    kept = dict(value) if isinstance(value, dict) else {}
    for key, one in given.items():
        if one is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), one)
    return kept


def admit(before, after, strict):
    """Refuses what Kubernetes refuses of a Job, unknown fields only where that was asked for; of what it lets change beside these two numbers, nothing is needed here."""
    name = after["metadata"]["name"]
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(after, version, strict=strict)
        except kubernetes_validate.ValidationError as fault:
            raise Refused(400, "BadRequest", f'Job in version "v1" cannot be handled as a Job: {fault.message}') from fault
    was, now = before["spec"], after["spec"]
    changed = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    for key in sorted(changed):
        why = None
        if key not in ("completions", "parallelism"):
            why = "field is immutable"
        elif now[key] < 0:
            why = "must be greater than or equal to 0"
        elif key == "completions" and now["completions"] != now["parallelism"]:
            why = "can only be modified in tandem with spec.parallelism"
        if why:
            raise Refused(422, "Invalid", f'Job.batch "{name}" is invalid: spec.{key}: Invalid value: {json.dumps(now.get(key))}: {why}')


def plural(kind):
    lower = kind.lower()
    return lower.removesuffix("y") + ("ies" if lower.endswith("y") else "s")


def discovery(resources):
    """What clients learn of the API before they ask for objects of these kinds, by path."""
    kinds = sorted({(one["apiVersion"], one["kind"]) for one in resources})
    groups = [version for version in dict(kinds) if "/" in version]
    found = {
        "/version": {"major": "1", "minor": VERSIONS[0].split(".")[1], "gitVersion": f"v{VERSIONS[0]}.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [of_group(version) for version in groups]},
    }
    for version in dict(kinds):
        of = [kind for one, kind in kinds if one == version]
        named = [{"name": plural(kind), "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": ["get"]} for kind in of]
        path = f"/apis/{version}" if "/" in version else f"/api/{version}"
        found[path] = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": named}
    return found


def of_group(version):
    one = {"groupVersion": version, "version": version.split("/")[1]}
    return {"name": version.split("/")[0], "versions": [one], "preferredVersion": one}

"""What the documents promise to export: names, types, labels."""

import re

from scene import ROOT

# Names that the plan of the service fixed, although they end like a part of a histogram.
ODD_GAUGES = ("user_service_user_total_count", "user_service_user_active_count", "user_service_auth_active_tokens_count")

SERVICE = {
    "user_service_user_total_count": ("gauge", []),
    "user_service_user_active_count": ("gauge", []),
    "user_service_user_operations_total": ("counter", ["operation", "status"]),
    "user_service_user_created_total": ("counter", []),
    "user_service_user_operation_duration_seconds": ("histogram", ["operation"]),
    "user_service_auth_login_attempts_total": ("counter", ["result"]),
    "user_service_auth_login_failures_total": ("counter", ["reason"]),
    "user_service_auth_logins_by_client_total": ("counter", ["browser", "country"]),
    "user_service_auth_active_tokens_count": ("gauge", []),
    "user_service_auth_token_duration_seconds": ("histogram", []),
    "user_service_http_requests_total": ("counter", ["endpoint", "method", "status"]),
    "user_service_http_request_duration_seconds": ("histogram", ["endpoint", "method"]),
    "user_service_database_connections_active": ("gauge", []),
}

# Those that scripts declare: scripts/power.lua, and the scene's own.
CUSTOM = {
    "throng_custom_search_hits": ("histogram", []),
    "throng_custom_lots_total": ("counter", ["colour"]),
    "throng_custom_lot_size": ("histogram", []),
    "throng_custom_last_lot": ("gauge", []),
}

ROW = re.compile(r"^\| `(throng_[a-z_]+)(?:\{([a-z_,]*)\})?` \| (gauge|counter|histogram) \|", re.MULTILINE)


def throng():
    """Each metric of docs/metrics.md: its type and its labels."""
    rows = ROW.findall((ROOT / "docs/metrics.md").read_text())
    return {name: (kind, sorted(filter(None, labels.split(",")))) for name, labels, kind in rows}


def promised():
    return {**SERVICE, **throng(), **CUSTOM}

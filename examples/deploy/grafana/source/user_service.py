"""What the user service tells of itself."""

from build import ERROR, EXPECTED, OK, RED, UNEXPECTED, YELLOW, dashboard, heat, lines, percentiles, query, row, stat, table

JOB = 'job="$job"'
HTTP = "user_service_http_request_duration_seconds"
OPERATION = "user_service_user_operation_duration_seconds"
TOKEN = "user_service_auth_token_duration_seconds"


def rate(metric, by, more=""):
    return f"sum by ({by}) (rate({metric}{{{JOB}{more}}}[$__rate_interval]))"


def share(metric, more):
    return f"sum(rate({metric}{{{JOB}{more}}}[$__rate_interval])) / sum(rate({metric}{{{JOB}}}[$__rate_interval]))"


def p95(metric, by):
    return f"histogram_quantile(0.95, sum by ({by}, le) (rate({metric}_bucket{{{JOB}}}[$__rate_interval])))"


def make():
    return dashboard(
        "throng-user-service", "User service", "Accounts, logins, tokens, operations, HTTP and database of the service that the crowd uses.",
        "user-service", "user_service_user_total_count",
        [
            stat("Accounts", "Accounts that are not deleted.", "short", f"sum(user_service_user_total_count{{{JOB}}})"),
            stat("Active accounts", "Accounts that are not deleted and may log in.", "short", f"sum(user_service_user_active_count{{{JOB}}})"),
            stat("Active tokens", "Access tokens issued, not expired and not logged out.", "short", f"sum(user_service_auth_active_tokens_count{{{JOB}}})"),
            stat("Requests", "Requests/s, of all endpoints.", "reqps", f"sum(rate(user_service_http_requests_total{{{JOB}}}[$__rate_interval]))"),
            stat("Server errors", "Share of the answers with a status of 500 or more.", "percentunit",
                 share("user_service_http_requests_total", ', status=~"5.."'), [(YELLOW, 0.01), (RED, 0.05)]),
            stat("Failed logins", "Share of the logins that were refused.", "percentunit",
                 share("user_service_auth_login_attempts_total", ', result="failure"'), [(YELLOW, 0.2), (RED, 0.5)]),
            row("Users"),
            lines("Accounts over time", "Accounts that are not deleted, and of these the active ones.", "short", [
                query(f"sum(user_service_user_total_count{{{JOB}}})", "not deleted"),
                query(f"sum(user_service_user_active_count{{{JOB}}})", "active"),
            ]),
            lines("Accounts created", "Accounts created a second.", "ops", [
                query(f"sum(rate(user_service_user_created_total{{{JOB}}}[$__rate_interval]))", "created"),
            ]),
            row("Logins and tokens"),
            lines("Logins", "Logins a second by result.", "ops", [query(rate("user_service_auth_login_attempts_total", "result"), "{{result}}")], stack=True,
                  colors={"success": OK, "failure": UNEXPECTED}),
            lines("Failed logins by reason", "Refused logins a second by reason.", "ops", [
                query(rate("user_service_auth_login_failures_total", "reason"), "{{reason}}"),
            ], stack=True),
            lines("Active tokens over time", "Access tokens issued, not expired and not logged out.", "short", [
                query(f"sum(user_service_auth_active_tokens_count{{{JOB}}})", "tokens"),
            ]),
            lines("Life of tokens", "From issue to logout or expiry, of the tokens that ended.", "s", percentiles(TOKEN, JOB)),
            row("Operations"),
            lines("Operations", "Operations on users a second.", "ops", [query(rate("user_service_user_operations_total", "operation"), "{{operation}}")], stack=True),
            lines("Operations by end", "success, refused (4xx), failed (5xx, dropped), abandoned (the client went away).", "ops", [
                query(rate("user_service_user_operations_total", "status"), "{{status}}"),
            ], stack=True, colors={"success": OK, "refused": EXPECTED, "failed": UNEXPECTED, "abandoned": ERROR}),
            lines("Duration by operation, p95", "95 of 100 operations of a kind are faster than this.", "s", [query(p95(OPERATION, "operation"), "{{operation}}")]),
            heat("Duration of operations", "Operations a second by how long they took.", OPERATION, JOB),
            row("HTTP"),
            lines("Requests by status", "Answers a second by status; 499 is a client that went away before the answer.", "reqps", [
                query(rate("user_service_http_requests_total", "status"), "{{status}}"),
            ], stack=True),
            lines("Duration", "Of all endpoints together.", "s", percentiles(HTTP, JOB)),
            heat("Duration of requests", "Requests/s by how long they took.", HTTP, JOB),
            lines("Busiest endpoints", "Requests/s of the ten that are asked most.", "reqps", [
                query(f"topk(10, {rate('user_service_http_requests_total', 'method, endpoint')})", "{{method}} {{endpoint}}"),
            ]),
            table("Endpoints", "Each endpoint over the last scrapes.", [
                ("requests/s", "reqps", rate("user_service_http_requests_total", "method, endpoint")),
                ("p95", "s", p95(HTTP, "method, endpoint")),
                ("5xx/s", "reqps", rate("user_service_http_requests_total", "method, endpoint", ', status=~"5.."')),
            ], ["method", "endpoint"]),
            row("Database"),
            lines("Connections", "Connections out of the database pool.", "short", [
                query(f"sum(user_service_database_connections_active{{{JOB}}})", "in use"),
            ], width=24, height=6),
        ],
    )

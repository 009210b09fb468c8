//! The floors of docs/architecture.md as a table.

/// Longest file, in lines.
pub const CEILING: usize = 400;

/// Longest `main.rs`: it parses, builds, runs and turns the end into an exit code.
pub const MAIN_CEILING: usize = 40;

/// The floor of `plan`.
const PLAN: u8 = 1;

/// The folder of throng, the upper crate, whose rooms may use those of the lower one too.
pub const THRONG: &str = "src";

/// The folder of throng-core, the lower crate.
pub const CORE: &str = "src/core";

pub struct Room {
    pub name: &'static str,
    /// That of its crate.
    pub folder: &'static str,
    pub floor: u8,
    /// The rooms it may use beside itself.
    pub may_use: &'static [&'static str],
    /// Words that its code must not have.
    pub never: &'static [&'static str],
}

impl Room {
    pub fn named(name: &str) -> Option<&'static Self> {
        ROOMS.iter().find(|room| room.name == name)
    }

    /// Its folders and files from the top down, those side by side together; each may use the ones below it. Empty where
    /// the room is not divided.
    pub fn wings(&self) -> Wings {
        let divided = WINGS.iter().find(|(room, _)| *room == self.name);
        divided.map_or(&[], |(_, wings)| wings)
    }

    /// Whether its folders open with a contract: those of a room that is divided, or whose floor is below the scripts.
    pub fn has_contracts(&self) -> bool {
        !self.wings().is_empty() || self.floor <= PLAN
    }
}

const EVERYTHING: &[&str] = &[
    "clock",
    "http",
    "ledger",
    "markup",
    "metrics",
    "openapi",
    "pace",
    "random",
    "secrets",
    "session_trace",
    "spool",
    "text",
    "page",
    "import",
    "plan",
    "project",
    "history",
    "request",
    "run_log",
    "script",
    "engine",
    "report",
    "view",
    "cluster",
    "kubernetes",
    "output",
    "web",
    "cli",
];

pub const ROOMS: &[Room] = &[
    Room {
        name: "clock",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &["mlua", "std::fs", "println"],
    },
    Room {
        name: "http",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "mlua",
            "prometheus",
            "hdrhistogram",
            "clap",
            "println",
            "indicatif",
        ],
    },
    Room {
        name: "ledger",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "mlua",
            "hyper",
            "httparse",
            "rustls",
            "prometheus",
            "hdrhistogram",
            "axum",
            "clap",
            "println",
        ],
    },
    Room {
        name: "markup",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "tokio", "mlua", "std::fs", "std::env", "hyper", "axum", "println", "Instant",
        ],
    },
    Room {
        name: "metrics",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "mlua", "hyper", "httparse", "rustls", "axum", "clap", "println",
        ],
    },
    Room {
        name: "openapi",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "tokio", "mlua", "std::fs", "std::env", "std::net", "hyper", "axum", "println",
            "Instant",
        ],
    },
    Room {
        name: "pace",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &["tokio", "Instant", "SystemTime", "rand", "mlua", "std::fs"],
    },
    Room {
        name: "project",
        folder: THRONG,
        floor: 0,
        may_use: &[],
        never: &["tokio", "mlua", "std::fs", "std::env", "clap", "println"],
    },
    Room {
        name: "random",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &["tokio", "Instant", "SystemTime", "mlua", "std::fs"],
    },
    Room {
        name: "run_log",
        folder: THRONG,
        floor: 0,
        may_use: &[],
        never: &[
            "mlua", "hyper", "axum", "clap", "std::fs", "std::env", "println", "tracing",
        ],
    },
    Room {
        name: "secrets",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &["tokio", "mlua", "std::fs", "std::env", "hyper", "println"],
    },
    Room {
        name: "session_trace",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &["mlua", "std::fs", "std::env", "hyper", "axum", "println"],
    },
    Room {
        name: "spool",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "tokio",
            "mlua",
            "async_nats",
            "hyper",
            "axum",
            "clap",
            "println",
        ],
    },
    Room {
        name: "text",
        folder: CORE,
        floor: 0,
        may_use: &[],
        never: &[
            "tokio", "mlua", "std::fs", "std::env", "std::io", "hyper", "println",
        ],
    },
    Room {
        name: "page",
        folder: THRONG,
        floor: 3,
        may_use: &["session_trace", "view"],
        never: &[
            "tokio", "mlua", "hyper", "axum", "std::net", "std::fs", "std::env", "println",
        ],
    },
    Room {
        name: "plan",
        folder: CORE,
        floor: 1,
        may_use: &["http", "metrics", "pace", "text"],
        never: &[
            "std::fs",
            "std::net",
            "std::env",
            "Instant",
            "SystemTime",
            "tokio",
            "clap",
            "mlua",
            "println",
        ],
    },
    Room {
        name: "import",
        folder: THRONG,
        floor: 1,
        may_use: &["openapi", "project", "text"],
        never: &[
            "tokio",
            "mlua",
            "hyper",
            "axum",
            "std::net::Tcp",
            "std::fs",
            "std::env",
            "println",
            "Instant",
            "SystemTime",
        ],
    },
    Room {
        name: "kubernetes",
        folder: THRONG,
        floor: 1,
        may_use: &["http", "text"],
        never: &[
            "mlua", "hyper", "axum", "clap", "engine", "std::env", "println",
        ],
    },
    Room {
        name: "request",
        folder: CORE,
        floor: 2,
        may_use: &[
            "clock",
            "http",
            "ledger",
            "markup",
            "metrics",
            "openapi",
            "pace",
            "plan",
            "random",
            "secrets",
            "session_trace",
            "text",
        ],
        never: &["mlua", "std::fs", "clap", "axum", "prometheus", "println"],
    },
    Room {
        name: "history",
        folder: THRONG,
        floor: 2,
        may_use: &["metrics"],
        never: &[
            "mlua",
            "hyper",
            "axum",
            "prometheus",
            "clap",
            "println",
            "RunView",
            "engine",
        ],
    },
    Room {
        name: "script",
        folder: CORE,
        floor: 3,
        may_use: &[
            "clock",
            "http",
            "ledger",
            "markup",
            "metrics",
            "pace",
            "plan",
            "random",
            "request",
            "secrets",
            "session_trace",
            "text",
        ],
        never: &[
            "clap",
            "axum",
            "prometheus",
            "indicatif",
            "std::io::stdout",
            "println",
            "Shard",
            "Stage",
        ],
    },
    Room {
        name: "engine",
        folder: CORE,
        floor: 4,
        may_use: &[
            "clock",
            "http",
            "ledger",
            "metrics",
            "pace",
            "plan",
            "random",
            "request",
            "script",
            "secrets",
            "session_trace",
            "text",
            "view",
        ],
        never: &[
            "RunView",
            "std::io::stdout",
            "std::io::stderr",
            "println",
            "eprintln",
            "indicatif",
            "std::fs",
            "axum",
            "clap",
        ],
    },
    Room {
        name: "view",
        folder: CORE,
        floor: 2,
        may_use: &["metrics", "openapi", "plan", "secrets", "text"],
        never: &[
            "mlua",
            "hyper",
            "axum",
            "prometheus",
            "clap",
            "std::fs",
            "println",
        ],
    },
    Room {
        name: "report",
        folder: THRONG,
        floor: 4,
        may_use: &["history", "page", "plan", "session_trace", "text", "view"],
        never: &["mlua", "hyper", "axum", "clap"],
    },
    Room {
        name: "cluster",
        folder: THRONG,
        floor: 5,
        may_use: &[
            "clock", "engine", "http", "ledger", "metrics", "plan", "request", "script", "spool",
        ],
        never: &[
            "mlua", "hyper", "axum", "clap", "std::fs", "std::env", "println",
        ],
    },
    Room {
        name: "output",
        folder: THRONG,
        floor: 5,
        may_use: &[
            "clock", "http", "metrics", "report", "secrets", "text", "view",
        ],
        never: &["mlua", "hyper", "axum", "clap", "Shard", "println"],
    },
    Room {
        name: "web",
        folder: THRONG,
        floor: 5,
        may_use: &[
            "history",
            "page",
            "plan",
            "report",
            "run_log",
            "engine",
            "secrets",
            "session_trace",
            "text",
            "view",
        ],
        never: &["mlua", "hyper::client", "httparse", "clap", "println"],
    },
    Room {
        name: "cli",
        folder: THRONG,
        floor: 6,
        may_use: &[
            "http", "import", "ledger", "pace", "plan", "random", "run_log", "secrets", "text",
        ],
        never: &["tokio", "mlua", "hyper", "axum", "std::fs", "println"],
    },
    Room {
        name: "app",
        folder: THRONG,
        floor: 7,
        may_use: EVERYTHING,
        never: &[],
    },
    Room {
        name: "main",
        folder: THRONG,
        floor: 8,
        may_use: &["app", "cli"],
        never: &["mlua", "hyper", "axum"],
    },
];

type Wings = &'static [&'static [&'static str]];

/// The wings of rooms that are divided.
const WINGS: &[(&str, Wings)] = &[
    (
        "http",
        &[
            &["fuzz_api"],
            &["client"],
            &["pool"],
            &["connect"],
            &["h2"],
            &["h1"],
            &["message"],
        ],
    ),
    (
        "metrics",
        &[&["aggregate"], &["record"], &["model"], &["stats"]],
    ),
    (
        "request",
        &[
            &["page_assets"],
            &["pipeline"],
            &["deletion", "token_refresh"],
            &["redirects"],
            &["attempt", "judgement"],
            &["creation", "admit", "capture", "contract", "recording"],
            &["curl", "request_log"],
            &["requester"],
            &["auth", "shared_context"],
            &["admission", "call"],
            &[
                "cancel",
                "circuit_breaker",
                "created_items",
                "retry",
                "unsettled",
            ],
            &[
                "browser_cache",
                "captured",
                "endpoint_name",
                "endpoints",
                "entity_id",
                "expect",
                "masking",
                "path_template",
                "reply",
                "pausable_clock",
                "pauses",
                "recordings",
                "shutdown",
                "tags",
                "trace_context",
                "waiting_gauge",
            ],
            &["path_segment", "verdict"],
        ],
    ),
    (
        "view",
        &[
            &["history", "views"],
            &["run_view"],
            &["status"],
            &["failure_groups"],
            &["live", "parts"],
            &[
                "generator",
                "load",
                "protection",
                "reload_status",
                "run",
                "scripts",
                "steps",
            ],
            &[
                "baseline", "buckets", "cluster", "coverage", "errors", "format", "incident",
                "latency", "outputs", "people", "sessions",
            ],
            &["exponential"],
        ],
    ),
    ("page", &[&["frozen"], &["data", "files"]]),
    (
        "history",
        &[
            &["writer", "find"],
            &["file", "store"],
            &["recorder"],
            &["timeline"],
            &["compare", "error", "git", "process"],
            &["model"],
        ],
    ),
    (
        "script",
        &[
            &["fuzz_api", "watch"],
            &["validate", "testing"],
            &["lint"],
            &["session", "reference", "mock"],
            &["load"],
            &["api"],
            &["vm"],
            &["user"],
            &["shard_context"],
            &["fair_share", "live_settings", "source", "pattern"],
            &["budgets", "diagnostic", "feed", "observed"],
        ],
    ),
    (
        "report",
        &[
            &["tui"],
            &["junit", "markdown"],
            &["csv", "html", "json", "prometheus", "session_page", "text"],
            &["output", "rates"],
        ],
    ),
    (
        "engine",
        &[
            &["run"],
            &["shard", "cleanup"],
            &["config", "remote"],
            &["checkpoint"],
            &["release", "monitor", "placement", "session_pool"],
            &["protocol", "command"],
            &[
                "roster",
                "owners",
                "protection",
                "incidents",
                "recording",
                "step_prompt",
            ],
            &["arc_serde"],
        ],
    ),
    (
        "cluster",
        &[
            &["coordinator", "local", "observer", "worker"],
            &["nats"],
            &["records", "wire"],
            &[
                "error",
                "sequence",
                "shard_map",
                "failure_detector",
                "overdue",
                "time_of_day",
            ],
        ],
    ),
    (
        "output",
        &[
            &["running"],
            &["push", "samples"],
            &["otlp", "remote_write"],
            &["delivery"],
            &["bounded", "moments", "settings"],
        ],
    ),
    (
        "web",
        &[
            &["server"],
            &["history", "inspect", "logs", "scripts"],
            &["sse"],
            &["api"],
            &["control"],
            &["auth", "request_body"],
            &[
                "connection_activity",
                "limits",
                "problem",
                "snapshots",
                "unmasked",
            ],
        ],
    ),
    (
        "cli",
        &[
            &["resolve"],
            &["plan_file"],
            &["env_variables", "options", "suggestions"],
            &["authoring", "environment", "faults", "testing"],
            &["resolved"],
            &["option_values"],
            &["value_sources"],
            &[
                "byte_size",
                "cluster",
                "contract",
                "history",
                "push_target",
                "report_file",
                "script_var",
                "token",
                "trace_view",
            ],
        ],
    ),
    (
        "app",
        &[
            &["cluster", "demo", "replay", "testing", "worker"],
            &[
                "authoring",
                "cleanup",
                "ctl",
                "history",
                "man",
                "run",
                "service",
            ],
            &["display"],
            &[
                "destination",
                "document_source",
                "http_settings",
                "look",
                "nats_server",
            ],
            &["state_dir"],
            &["key_file"],
            &["process"],
        ],
    ),
];

//! The floors of docs/architecture.md as a table.

/// Longest file, in lines.
pub const CEILING: usize = 400;

/// Longest `main.rs`: it parses, builds, runs and turns the end into an exit code.
pub const MAIN_CEILING: usize = 40;

pub struct Room {
    pub name: &'static str,
    pub floor: u8,
    /// The rooms it may use beside itself.
    pub may_use: &'static [&'static str],
    /// Words that its code must not have.
    pub never: &'static [&'static str],
    /// Its folders and files from the top down, those side by side together; each may use the ones below it. Empty where
    /// the room is not divided.
    pub wings: &'static [&'static [&'static str]],
}

impl Room {
    pub fn named(name: &str) -> Option<&'static Self> {
        ROOMS.iter().find(|room| room.name == name)
    }
}

const EVERYTHING: &[&str] = &[
    "clock", "http", "ledger", "metrics", "pace", "secrets", "text", "plan", "script", "engine",
    "report", "web", "cli",
];

pub const ROOMS: &[Room] = &[
    Room {
        name: "clock",
        floor: 0,
        may_use: &[],
        never: &["mlua", "std::fs", "println"],
    },
    Room {
        name: "http",
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
        wings: &[
            &["fuzz_api"],
            &["client"],
            &["pool"],
            &["h2"],
            &["h1"],
            &["connect"],
            &["message"],
        ],
    },
    Room {
        name: "ledger",
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
        wings: &[],
    },
    Room {
        name: "metrics",
        floor: 0,
        may_use: &[],
        never: &[
            "mlua", "hyper", "httparse", "rustls", "axum", "clap", "println",
        ],
        wings: &[&["aggregate"], &["record"], &["model"], &["stats"]],
    },
    Room {
        name: "pace",
        floor: 0,
        may_use: &[],
        never: &["tokio", "Instant", "SystemTime", "rand", "mlua", "std::fs"],
        wings: &[],
    },
    Room {
        name: "secrets",
        floor: 0,
        may_use: &[],
        never: &["tokio", "mlua", "std::fs", "std::env", "hyper", "println"],
        wings: &[],
    },
    Room {
        name: "text",
        floor: 0,
        may_use: &[],
        never: &[
            "tokio", "mlua", "std::fs", "std::env", "std::io", "hyper", "println",
        ],
        wings: &[],
    },
    Room {
        name: "plan",
        floor: 1,
        may_use: &["http", "metrics", "pace"],
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
        wings: &[],
    },
    Room {
        name: "script",
        floor: 1,
        may_use: &[
            "clock", "http", "ledger", "metrics", "pace", "plan", "secrets", "text",
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
        wings: &[],
    },
    Room {
        name: "engine",
        floor: 2,
        may_use: &[
            "clock", "http", "ledger", "metrics", "pace", "plan", "script", "secrets", "text",
        ],
        never: &[
            "std::io::stdout",
            "std::io::stderr",
            "println",
            "eprintln",
            "indicatif",
            "std::fs",
            "axum",
            "clap",
        ],
        wings: &[
            &["run"],
            &["shard", "cleanup"],
            &["config"],
            &["release", "monitor"],
            &["protocol"],
            &["roster", "protection"],
        ],
    },
    Room {
        name: "report",
        floor: 2,
        may_use: &["metrics", "plan", "text"],
        never: &["mlua", "hyper", "axum", "clap"],
        wings: &[],
    },
    Room {
        name: "web",
        floor: 3,
        may_use: &["metrics", "plan", "report", "engine", "secrets", "text"],
        never: &["mlua", "hyper::client", "httparse", "clap", "println"],
        wings: &[],
    },
    Room {
        name: "cli",
        floor: 4,
        may_use: &["http", "ledger", "pace", "plan", "secrets", "text"],
        never: &["tokio", "mlua", "hyper", "axum", "std::fs", "println"],
        wings: &[],
    },
    Room {
        name: "app",
        floor: 5,
        may_use: EVERYTHING,
        never: &[],
        wings: &[],
    },
    Room {
        name: "main",
        floor: 6,
        may_use: &["app", "cli"],
        never: &["mlua", "hyper", "axum"],
        wings: &[],
    },
];

//! The contract of scripts as data: the table that a script returns, and the user that its functions are given.

use crate::script::api::signature::{Field, Object, Options, optional, required};

/// What steps and hooks are given.
pub const USER: Object = Object {
    kind: "User",
    name: "user",
    doc: "The user whose step it is.",
    fields: &[
        required("id", "integer")
            .doc("Its number in the run, from 0.")
            .unitless(),
        required("type", "string").doc("Its type."),
        required("session", "integer")
            .doc("Number of this session of the user, from 1.")
            .unitless(),
        required("requests_left", "integer")
            .doc("What is left of this session, never below 0; a script may set it.")
            .unit("requests"),
        required("state", "table").doc("Plain data of the script, new in every session."),
        required("memory", "table")
            .doc("Plain data of the script, kept over the sessions of one person."),
        required("person", "integer")
            .doc("Number of the person that it is; `id` until another one takes its place.")
            .unitless(),
        required("visits", "integer")
            .doc("Number of this session of the person, from 1.")
            .unitless(),
    ],
    methods: &[],
    example: include_str!("../api/examples/User.lua"),
};

/// What a script's table may hold.
pub const CONTRACT: Options = Options {
    kind: "Contract",
    doc: "One type of user.",
    fields: &[
        optional("weight", "number")
            .doc("Its share of the users, relative to the other types; above 0.")
            .unitless()
            .or("1"),
        optional("requests", "integer|integer[]")
            .doc("Minimum and maximum of a session, or one number.")
            .unit("requests")
            .or("{ 10, 100 }"),
        optional("think", "number|number[]|fun(user: User): number")
            .doc("Time between steps: a number, a range, or a function.")
            .unit("s")
            .or("{ 0.1, 2 }"),
        optional("pace", "number")
            .doc("Time from the start of a step to the start of the next, in place of `think`.")
            .unit("s"),
        optional(
            "headers",
            "table<string, any>|fun(user: User): table<string, any>?",
        )
        .doc("Headers of every request of a session to the target."),
        optional("away", "number|number[]")
            .doc("Time between two sessions of a user: a number or a range.")
            .unit("s")
            .or("0"),
        optional("returns", "number")
            .doc("Share of the sessions of people who were there before, 0 to 1.")
            .unitless()
            .or("1; with --arrivals 0"),
        optional("keep_cookies", "boolean")
            .doc("Whether people who come back have their cookies.")
            .or("false"),
        optional("on_start", "fun(user: User): boolean?, string?")
            .doc("Called once at the start of a session; false ends it as failed."),
        optional("steps", "(Step|fun(user: User))[]")
            .doc("The steps, one of which is drawn each time."),
        optional("step", "fun(user: User): boolean?, string?")
            .doc("Called instead of `steps`, for full control."),
        optional("on_stop", "fun(user: User)")
            .doc("Called at the end of a session, also when the run stops or a step failed."),
        optional(
            "migrate",
            "fun(state: table, from: integer, memory: table): table, table?",
        )
        .doc("Converts state and memory of version `from` to this one.")
        .unitless(),
    ],
    example: include_str!("../api/examples/Contract.lua"),
};

/// One of the steps, with its weight and its function first.
pub const STEP: Options = Options {
    kind: "Step",
    doc: "A step that is drawn.",
    fields: &[
        optional("name", "string")
            .doc("Its name in the log and in reports.")
            .or("that of its function"),
        optional("heavy", "boolean|integer")
            .doc("How early it is skipped while the target is overloaded: 1 to 3, true is 3.")
            .unitless()
            .or("never"),
        optional("next", "table<string, number>")
            .doc("The shares of the steps after it, by name, and of `leave`; they add up to 1.")
            .unitless(),
    ],
    example: include_str!("../api/examples/Step.lua"),
};

/// What `_crowd.lua` may return.
pub const CROWD_SCRIPT: Options = Options {
    kind: "CrowdScript",
    doc: "Setup and teardown of a run, in `_crowd.lua`.",
    fields: &[
        optional("setup", "fun(): any")
            .doc("Called before the first user; its plain result is the read-only `crowd`."),
        optional("teardown", "fun(crowd: any)")
            .doc("Called after the last user, also when the run was stopped."),
    ],
    example: include_str!("../api/examples/CrowdScript.lua"),
};

/// What `lib/mistakes.lua` returns.
pub const MISTAKES: Options = Options {
    kind: "Mistakes",
    doc: "How often users make which mistakes, in `lib/mistakes.lua`.",
    fields: &[
        required("nominal", "number")
            .doc("The --error-rate that these rates are meant for.")
            .unit("percent"),
        required("kinds", "table<string, number>")
            .doc("The rate of each kind, 0 to 1.")
            .unitless(),
    ],
    example: include_str!("../api/examples/Mistakes.lua"),
};

/// What a script reads that no function gives.
pub const VALUES: &[Field] = &[
    required("vars", "table<string, string?>")
        .doc("The values of `-e NAME=VALUE`, always strings; nil where one was not given."),
    optional("crowd", "any").doc("What `setup` of `_crowd.lua` returned; read-only."),
];

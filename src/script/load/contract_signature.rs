//! The contract of scripts as data: the table that a script returns, and the user that its functions are given.

use crate::script::api::signature::{Object, Options, optional, required};

/// What steps and hooks are given.
pub const USER: Object = Object {
    kind: "User",
    name: "user",
    doc: "The user whose step it is.",
    fields: &[
        required("id", "integer").doc("Its number in the run, from 0."),
        required("type", "string").doc("Its type."),
        required("session", "integer").doc("Number of this session of the user, from 1."),
        required("requests_left", "integer").doc("Requests left in this session."),
        required("state", "table").doc("For the script, new in every session."),
        required("memory", "table").doc("For the script, kept over the sessions of one person."),
        required("person", "integer")
            .doc("Number of the person that it is; `id` until another one takes its place."),
        required("visits", "integer").doc("Number of this session of the person, from 1."),
    ],
    methods: &[],
};

/// What a script's table may hold.
pub const CONTRACT: Options = Options {
    kind: "Contract",
    doc: "One type of user.",
    fields: &[
        optional("weight", "number").doc("Its share of the users, relative to the other types."),
        optional("requests", "integer|integer[]").doc("Minimum and maximum requests of a session."),
        optional("think", "number|number[]|fun(user: User): number").doc("Think time in seconds."),
        optional("pace", "number").doc(
            "Seconds from the start of a step to the start of the next, in place of think time.",
        ),
        optional(
            "headers",
            "table<string, any>|fun(user: User): table<string, any>?",
        )
        .doc("Headers of every request of a session to the target."),
        optional("away", "number|number[]").doc("Seconds between two sessions of a user."),
        optional("returns", "number")
            .doc("Share of the sessions that a person begins who was there before."),
        optional("keep_cookies", "boolean").doc("Whether people who come back have their cookies."),
        optional("on_start", "fun(user: User): false?, string?")
            .doc("Called once at the start of a session."),
        optional("steps", "(Step|fun(user: User))[]")
            .doc("The steps, one of which is drawn each time."),
        optional("step", "fun(user: User): false?, string?").doc("Called instead of steps."),
        optional("on_stop", "fun(user: User)").doc("Called at the end of a session."),
        optional(
            "migrate",
            "fun(state: table, from: integer, memory: table): table, table?",
        )
        .doc("Converts state and memory of another version to this one."),
    ],
};

/// One of the steps, with its weight and its function first.
pub const STEP: Options = Options {
    kind: "Step",
    doc: "A step that is drawn.",
    fields: &[
        optional("name", "string").doc("Its name in the log and in the report."),
        optional("heavy", "boolean|integer")
            .doc("How early it is skipped while the target is overloaded."),
        optional("next", "table<string, number>")
            .doc("The shares of the steps after it, by name, and of `leave`."),
    ],
};

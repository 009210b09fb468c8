//! What the functions that send a request take and return.

use crate::script::api::signature::{Field, Returned, optional, required, returned};

/// Where a request goes.
pub const PATH: Field = required("path", "string")
    .doc("Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.");

/// All else that a request says.
pub const OPTS: Field = optional("opts", "RequestOptions").doc("Body, headers, timeout and so on.");

/// What a request returns.
pub const RESPONSE: Returned = returned(
    "Response",
    "How the request ended, also where there was no response.",
);

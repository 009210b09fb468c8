//! Everything that scripts can call or write, by its descriptions.

use super::describe::{Function, Namespace, Object, Options};
use super::{crypto, data, json, log, metrics, parallel, random, require, think, time};

/// The tables of functions.
pub const NAMESPACES: &[&Namespace] = &[
    &random::TABLE,
    &metrics::TABLE,
    &json::TABLE,
    &time::TABLE,
    &crypto::TABLE,
    &crypto::BASE64_TABLE,
    &crypto::BASE64URL_TABLE,
    &crypto::HEX_TABLE,
    &log::TABLE,
    &data::TABLE,
];

/// Functions that are no table's.
pub const GLOBALS: &[&Function] = &[
    &parallel::PARALLEL,
    &think::THINK,
    &log::PRINT,
    &require::REQUIRE,
];

/// The objects that functions give to scripts.
pub const OBJECTS: &[&Object] = &[
    &metrics::COUNTER_OBJECT,
    &metrics::GAUGE_OBJECT,
    &metrics::HISTOGRAM_OBJECT,
    &data::FEED,
];

/// The tables that scripts write.
pub const OPTIONS: &[&Options] = &[&metrics::OPTIONS, &json::OPTIONS, &data::OPTIONS];

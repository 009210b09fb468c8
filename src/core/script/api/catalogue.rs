//! Catalogue of everything that scripts can call or write, by its signatures.

use super::signature::{Function, Namespace, Object, Options};
use super::{
    auth, crypto, data, element, http, journey, json, log, metrics, parallel, random, require,
    think, time,
};

/// The tables of functions.
pub const NAMESPACES: &[&Namespace] = &[
    &http::TABLE,
    &http::COOKIES_TABLE,
    &auth::TABLE,
    &random::TABLE,
    &metrics::TABLE,
    &journey::TABLE,
    &json::TABLE,
    &time::TABLE,
    &crypto::TABLE,
    &crypto::BASE64_TABLE,
    &crypto::BASE64URL_TABLE,
    &crypto::HEX_TABLE,
    &crypto::JWT_TABLE,
    &log::TABLE,
    &data::TABLE,
];

/// Functions that are no table's.
pub const GLOBALS: &[&Function] = &[
    &parallel::PARALLEL,
    &think::THINK,
    &journey::JOURNEY,
    &log::PRINT,
    &require::REQUIRE,
];

/// The objects that functions give to scripts.
pub const OBJECTS: &[&Object] = &[
    &http::RESPONSE,
    &element::ELEMENT,
    &http::HOP,
    &http::TIMINGS,
    &http::COOKIE,
    &http::ASSETS,
    &metrics::COUNTER_OBJECT,
    &metrics::GAUGE_OBJECT,
    &metrics::HISTOGRAM_OBJECT,
    &data::FEED,
    &random::ADDRESS,
    &random::CARD,
];

/// The tables that scripts write.
pub const OPTIONS: &[&Options] = &[
    &http::call::OPTIONS,
    &http::CREATES,
    &http::DELETION,
    &http::FIND,
    &http::RETRY,
    &http::PART,
    &http::COOKIE_OPTIONS,
    &auth::LOGIN_SCHEME,
    &auth::LOGIN_CALL,
    &auth::REFRESH_CALL,
    &auth::LOGOUT_CALL,
    &auth::AWS_OPTIONS,
    &auth::OAUTH2_OPTIONS,
    &metrics::OPTIONS,
    &json::OPTIONS,
    &data::OPTIONS,
    &crypto::JWT_OPTIONS,
];

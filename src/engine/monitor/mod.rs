//! TODO: what comes in, what goes out, what it must never know.

pub mod ledger_health;
pub mod load_shedding;
pub mod quarantine;
pub mod stop_rules;
pub mod warnings;

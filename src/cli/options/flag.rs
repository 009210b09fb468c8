//! How the environment switches a flag.

/// A flag that the environment may set to true, yes, on or 1, and to their opposites.
pub fn flag() -> clap::builder::BoolishValueParser {
    clap::builder::BoolishValueParser::new()
}

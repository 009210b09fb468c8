//! The fuzz targets with libFuzzer around them; `FUZZ_TARGET` names the one. See `run`.
#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls a function by its name in C")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a target that fails is what is looked for"
)]

mod targets;

use std::sync::LazyLock;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = targets::ALL.iter().find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("FUZZ_TARGET={name} is no target"))
        .1
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| TARGET(input));

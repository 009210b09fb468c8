//! The checker as a program, which `tests/architecture` builds and calls.

#[path = "mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod architecture;

use std::path::Path;

fn main() {
    let root = std::env::args().nth(2).unwrap_or_default();
    match std::env::args().nth(1).as_deref() {
        Some("--circles") => print!("{}", architecture::lists::circles(Path::new(&root))),
        Some("--known") => print!("{}", architecture::lists::known(Path::new(&root))),
        _ => {}
    }
}

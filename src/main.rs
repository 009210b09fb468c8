//! Fills an HTTP API with users; see the library for the rooms.

use std::process::ExitCode;

/// Lua and its futures allocate small things all the time; this costs half of what the system's allocator costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    throng::app::main(std::env::args_os())
}

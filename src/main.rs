//! Simulates users of an HTTP API; see the library for the rooms.

use std::process::ExitCode;

/// Lua and its futures allocate small things all the time; this costs half of what the system's allocator costs.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The allocator asks for huge pages. A crowd's memory is many small things spread widely, of which each would hold 2 MiB.
    // A kernel that knows no huge pages refuses, and needs no telling.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);

    throng::app::main(std::env::args_os())
}

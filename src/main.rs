//! Fills an HTTP API with users; see the library for the rooms.

use std::process::ExitCode;

fn main() -> ExitCode {
    throng::app::main(std::env::args_os())
}

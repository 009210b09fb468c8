//! The checker as a program, which `tests/architecture` builds and calls.

#[path = "mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod architecture;

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("--draw") => match architecture::lists::draw() {
            Ok(drawn) => println!("{drawn}"),
            Err(why) => {
                eprintln!("tests/architecture: {why}");
                return ExitCode::FAILURE;
            }
        },
        Some("--circles") => print!("{}", architecture::lists::circles()),
        _ => {
            eprintln!("tests/architecture: give --draw or --circles");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

//! What a command line means, what is wrong with it, and what its help says.

mod bad_input;
mod ctl;
mod environment;
mod help;
mod limits;
mod meaning;
mod own_shapes;
mod plan_file;
mod plan_schema;
mod plan_shapes;
mod reloads;
mod safety;
mod search;
mod shapes;
mod spans;

use throng::cli::{self, Environment, Refusal, Request, Resolved};

const AROUND: Environment = Environment {
    cores: 4,
    scripts_here: true,
    fresh_seed: 424_242,
    read: |_| Ok(None),
};

fn parse(line: &[&str]) -> Result<Request, Refusal> {
    cli::parse(
        std::iter::once("throng").chain(line.iter().copied()),
        &AROUND,
    )
}

/// What `throng run` with these words means.
fn run(words: &[&str]) -> Resolved {
    let line: Vec<&str> = std::iter::once("run")
        .chain(words.iter().copied())
        .collect();
    match parse(&line) {
        Ok(Request::Run(resolved)) => *resolved,
        other => panic!("{line:?} gave {other:?}"),
    }
}

fn demo(words: &[&str]) -> Resolved {
    let line: Vec<&str> = std::iter::once("demo")
        .chain(words.iter().copied())
        .collect();
    match parse(&line) {
        Ok(Request::Demo(resolved)) => *resolved,
        other => panic!("{line:?} gave {other:?}"),
    }
}

/// The message about a line that is refused for its values.
fn refusal(line: &[&str]) -> String {
    match parse(line) {
        Err(refusal @ Refusal::Invalid(_)) => refusal.to_string(),
        other => panic!("{line:?} gave {other:?}"),
    }
}

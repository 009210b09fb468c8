use clap::{Arg, Command, CommandFactory};
use throng::cli::Refusal;
use throng::cli::words::Words;

use super::parse;

fn command_named(name: &str) -> Command {
    let mut all = Words::command();
    all.build();
    all.find_subcommand(name).unwrap().clone()
}

fn own_arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
}

#[test]
fn every_option_has_a_variable_named_after_it() {
    for (command, prefix) in [
        ("run", "THRONG_"),
        ("demo", "THRONG_"),
        ("service", "THRONG_SERVICE_"),
    ] {
        for arg in own_arguments(&command_named(command)) {
            let long = arg.get_long().unwrap();
            let word = if long == "var" { "vars" } else { long };
            let expected = format!("{prefix}{}", word.replace('-', "_").to_uppercase());
            assert_eq!(
                arg.get_env().unwrap().to_str().unwrap(),
                expected,
                "{command} --{long}"
            );
        }
    }
}

#[test]
fn the_options_stand_under_six_headings() {
    let run = command_named("run");
    let mut headings: Vec<&str> = Vec::new();
    for arg in own_arguments(&run) {
        let heading = arg.get_help_heading().unwrap_or("none");
        if headings.last() != Some(&heading) {
            headings.push(heading);
        }
    }
    assert_eq!(
        headings,
        [
            "What runs",
            "How long",
            "Target",
            "HTTP",
            "Output",
            "Scripts"
        ]
    );
}

#[test]
fn help_has_examples_and_defaults() {
    let help = command_named("run").render_help().to_string();
    for words in [
        "Examples:",
        "throng run --trace admin",
        "[default: 100; demo: 60]",
        "[default: 127.0.0.1:9900",
        "THRONG_BASE_URL",
    ] {
        assert!(help.contains(words), "{words} is not in\n{help}");
    }
}

#[test]
fn the_long_help_has_the_variables_and_the_short_one_their_rule() {
    let help = |flag| match parse(&["run", flag]) {
        Err(Refusal::Words(help)) => {
            assert_eq!(help.exit_code(), 0);
            help.to_string()
        }
        other => panic!("{other:?}"),
    };
    let (short, long) = (help("-h"), help("--help"));
    assert!(long.contains("[env: THRONG_USERS="), "{long}");
    assert!(
        !short.contains("[env:") && short.contains("--base-url: THRONG_BASE_URL"),
        "{short}"
    );
}

/// The rows of a command in docs/cli.md: from its heading to the next.
fn documented<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page
        .find(heading)
        .unwrap_or_else(|| panic!("docs/cli.md has no {heading:?}"))
        + heading.len();
    let rest = &page[start..];
    &rest[..rest.find("\n## ").unwrap_or(rest.len())]
}

#[test]
fn the_page_of_options_has_every_option_and_no_other() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md")).unwrap();
    let rows: Vec<Vec<&str>> = documented(&page, "\n## throng run")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let run = command_named("run");
    let expected: Vec<(String, String)> = own_arguments(&run)
        .map(|arg| {
            let short = arg
                .get_short()
                .map(|short| format!("-{short}, "))
                .unwrap_or_default();
            let value = if arg.get_action().takes_values() {
                format!(" {}", arg.get_value_names().unwrap()[0])
            } else {
                String::new()
            };
            (
                format!("`{short}--{}{value}`", arg.get_long().unwrap()),
                format!("`{}`", arg.get_env().unwrap().to_str().unwrap()),
            )
        })
        .collect();
    let found: Vec<(String, String)> = rows
        .iter()
        .map(|row| (row[0].to_owned(), row[3].to_owned()))
        .collect();
    assert_eq!(found, expected);
    for arg in own_arguments(&run) {
        for alias in arg.get_visible_aliases().unwrap_or_default() {
            assert!(
                page.contains(&format!("`--{alias}`")),
                "--{alias} is not in docs/cli.md"
            );
        }
    }
    for name in ["run", "demo", "service", "completions"] {
        documented(&page, &format!("\n## throng {name}"));
    }
}

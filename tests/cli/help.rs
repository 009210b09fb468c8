use clap::{Arg, Command, CommandFactory};
use throng::cli::Refusal;
use throng::cli::options::CommandLine;

use super::parse;

fn command_named(name: &str) -> Command {
    let mut all = CommandLine::command();
    all.build();
    all.find_subcommand(name).unwrap().clone()
}

fn own_arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version"))
}

#[test]
fn every_option_has_a_variable_named_after_it() {
    for (command, prefix) in [
        ("run", "THRONG_"),
        ("demo", "THRONG_"),
        ("user:populate", "THRONG_"),
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
fn the_options_stand_under_ten_headings() {
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
            "What shape",
            "Safety",
            "Ledger",
            "Target",
            "HTTP",
            "Output",
            "Scripts",
            "Reloads"
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
        "127.0.0.1:9900",
        "THRONG_BASE_URL",
    ] {
        assert!(help.contains(words), "{words} is not in\n{help}");
    }
}

#[test]
fn the_long_help_has_the_variables_and_the_short_one_their_rule() {
    let help = |flag| match parse(&["run", flag]) {
        Err(Refusal::Usage(help)) => {
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

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");

/// What docs/cli.md says of a command: from its heading to the next.
fn documented<'a>(page: &'a str, command: &str) -> &'a str {
    let heading = format!("\n## throng {command}\n");
    let Some(start) = page.find(&heading) else {
        panic!("docs/cli.md has no {heading:?}");
    };
    let rest = &page[start + heading.len()..];
    &rest[..rest.find("\n## ").unwrap_or(rest.len())]
}

/// The option and the variable of each row, with the default where clap knows it.
fn rows(section: &str, command: &Command) -> Vec<[String; 3]> {
    let known: Vec<bool> = own_arguments(command)
        .map(|arg| default_of(arg).is_some())
        .collect();
    section
        .lines()
        .filter(|line| line.starts_with("| `-"))
        .enumerate()
        .map(|(index, line)| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let default = if known.get(index) == Some(&true) {
                cells[1]
            } else {
                ""
            };
            [
                cells[0].replace("\\|", "|"),
                default.to_owned(),
                cells[3].to_owned(),
            ]
        })
        .collect()
}

/// The default that clap fills in; options whose default depends on others have none.
fn default_of(arg: &Arg) -> Option<String> {
    let default = arg.get_default_values().first()?.to_str()?;
    arg.get_action().takes_values().then(|| default.to_owned())
}

fn expected_rows(command: &Command) -> Vec<[String; 3]> {
    own_arguments(command)
        .map(|arg| {
            let short = arg
                .get_short()
                .map(|short| format!("-{short}, "))
                .unwrap_or_default();
            let value = match arg.get_value_names() {
                Some(names) if arg.get_action().takes_values() => format!(" {}", names[0]),
                _ => String::new(),
            };
            [
                format!("`{short}--{}{value}`", arg.get_long().unwrap()),
                default_of(arg).unwrap_or_default(),
                arg.get_env().map_or_else(
                    || "none".to_owned(),
                    |variable| format!("`{}`", variable.to_str().unwrap()),
                ),
            ]
        })
        .collect()
}

#[test]
fn the_page_of_options_has_every_option_and_no_other() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    for name in ["run", "ctl", "cleanup", "service"] {
        let command = command_named(name);
        let section = documented(&page, name);
        assert_eq!(rows(section, &command), expected_rows(&command), "{name}");
        for arg in own_arguments(&command) {
            for alias in arg.get_visible_aliases().unwrap_or_default() {
                assert!(
                    section.contains(&format!("`--{alias}`")),
                    "--{alias} is not in docs/cli.md"
                );
            }
        }
    }
    for name in ["demo", "completions"] {
        documented(&page, name);
    }
}

#[test]
fn the_page_of_options_has_every_verb_of_ctl_and_no_other() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let section = documented(&page, "ctl");
    // `| Verb |` or `| `pause`, `resume` | ...`, each with what it takes behind it.
    let documented: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| `") && !line.starts_with("| `-"))
        .filter_map(|line| line.split(" | ").next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter_map(|verb| verb.split(' ').next())
        .collect();
    let command = command_named("ctl");
    let known: Vec<&str> = command
        .get_subcommands()
        .map(Command::get_name)
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(documented, known);
}

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
fn the_options_stand_under_headings() {
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
            "Several machines",
            "Ledger",
            "History",
            "Coverage",
            "Target",
            "HTTP",
            "Output",
            "Outputs while running",
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
        "throng try admin",
        "[default: 100; demo: 60]",
        "127.0.0.1:9900",
        "THRONG_BASE_URL",
    ] {
        assert!(help.contains(words), "{words} is not in\n{help}");
    }
}

fn help(command: &str, flag: &str) -> String {
    match parse(&[command, flag]) {
        Err(Refusal::Usage(help)) => {
            assert_eq!(help.exit_code(), 0);
            help.to_string()
        }
        other => panic!("{other:?}"),
    }
}

/// The options that a help shows, by their long names, and its headings.
fn shown(help: &str) -> (Vec<&str>, Vec<&str>) {
    let options = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let long = line.starts_with('-').then(|| line.find("--"))??;
        line[long + 2..].split([' ', '\n']).next()
    });
    let own = options.filter(|name| !matches!(*name, "help" | "version"));
    let headings = help.lines().filter(|line| {
        let is_heading = line.ends_with(':') && line.starts_with(char::is_uppercase);
        is_heading && !matches!(*line, "Examples:" | "Options:" | "Commands:")
    });
    let headings = headings.map(|line| line.trim_end_matches(':'));
    (own.collect(), headings.collect())
}

#[test]
fn the_short_help_has_the_15_options_to_begin_with_and_the_long_one_all() {
    for (command, groups) in [("run", 8), ("user:populate", 8), ("demo", 6), ("plan", 6)] {
        let (short, long) = (help(command, "-h"), help(command, "--help"));
        let (few, headings) = shown(&short);
        assert_eq!(few.len(), 15, "{command}: {few:?}");
        assert_eq!(headings.len(), groups, "{command}: {headings:?}");
        let all: Vec<&str> = shown(&long).0;
        let command_line = command_named(command);
        let known: Vec<&str> = own_arguments(&command_line)
            .filter_map(Arg::get_long)
            .collect();
        for name in &known {
            assert!(all.contains(name), "{command} --help has no --{name}");
        }
        for name in &few {
            assert!(known.contains(name), "{command} -h has --{name}");
        }
        assert!(short.contains(&format!(
            "throng {} --help",
            command.replace("user:populate", "run")
        )));
        let longest = short.lines().count();
        assert!(longest <= 75, "{command} -h has {longest} lines:\n{short}");
    }
    // Nothing of these is hidden but what few need.
    for command in ["ctl", "cleanup"] {
        let (short, long) = (help(command, "-h"), help(command, "--help"));
        assert_eq!(shown(&short), shown(&long), "{command}");
    }
    let (short, long) = (help("service", "-h"), help("service", "--help"));
    assert_eq!(shown(&short).0.len(), 9, "{short}");
    assert_eq!(shown(&long).0.len(), 16, "{long}");
}

/// What options are called in k6 and Locust.
const ALIASES: [(&str, &str, &str); 3] = [
    ("users", "vus", "k6"),
    ("duration", "run-time", "Locust"),
    ("base-url", "host", "Locust"),
];

#[test]
fn the_names_of_k6_and_locust_are_told_and_taken_wherever_the_option_is() {
    let short = help("run", "-h");
    let page = std::fs::read_to_string(PAGE).unwrap();
    for (option, alias, tool) in ALIASES {
        let told = format!("({tool}: --{alias})");
        assert!(short.contains(&told), "{told} is not in\n{short}");
        assert!(
            page.contains(&format!("`--{alias}`")),
            "docs/cli.md lacks --{alias}"
        );
        for command in ["run", "user:populate", "demo", "plan"] {
            let command = command_named(command);
            let by_alias = command
                .get_arguments()
                .find(|arg| arg.get_all_aliases().unwrap_or_default().contains(&alias));
            assert_eq!(by_alias.unwrap().get_long(), Some(option));
        }
    }
    let typed = super::run(&["--vus=7", "--run-time", "90", "--host", "http://h.test"]);
    assert_eq!(typed.plan.users, 7);
    assert_eq!(typed.plan.base_url.as_str(), "http://h.test/");
    assert_eq!(
        super::refusal(&["run", "--vus", "none"]),
        "--users none: must be a whole number from 1 to 1,000,000; give one such as 300"
    );
    assert_eq!(super::demo(&["--vus", "3"]).plan.users, 3);
}

#[test]
fn misspelt_names_of_other_tools_and_those_with_another_name_here_get_a_suggestion() {
    for (typed, meant) in [
        ("--vuss", "--vus"),
        ("--runtime", "--run-time"),
        ("--hosts", "--host"),
        ("--iterations", "--sessions"),
        ("--spawn-rate=5", "--ramp"),
        ("--rps", "--max-rps"),
        ("--insecure-skip-tls-verify", "--insecure"),
        ("--summary-export", "--summary-json"),
    ] {
        let said = match parse(&["run", typed]) {
            Err(Refusal::Usage(error)) => error.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(said.contains(&format!("'{meant}'")), "{typed}: {said}");
    }
}

#[test]
fn the_long_help_has_the_variables_and_the_short_one_their_rule() {
    let (short, long) = (help("run", "-h"), help("run", "--help"));
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

/// A search has the options of a run, which stand under `throng run`, and its own.
fn without_those_of_run(command: Command) -> Command {
    if command.get_name() != "search" {
        return command;
    }
    let own = command.get_arguments().cloned();
    let own = own.filter(|arg| arg.get_help_heading() == Some("Search"));
    Command::new("search").args(own)
}

#[test]
fn the_page_of_options_has_every_option_and_no_other() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    for name in ["run", "search", "ctl", "cleanup", "service"] {
        let command = without_those_of_run(command_named(name));
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
    for name in ["demo", "completions", "man"] {
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

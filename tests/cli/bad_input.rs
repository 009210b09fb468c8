use super::{demo, parse, refusal, run};
use throng::cli::Refusal;

/// One option with a value that cannot be, and the whole message.
const VALUES: &[(&[&str], &str)] = &[
    (
        &["--users", "0"],
        "--users 0: must be a whole number from 1 to 1,000,000; give one such as 300",
    ),
    (
        &["--users", "-5"],
        "--users -5: must be a whole number from 1 to 1,000,000; give one such as 300",
    ),
    (
        &["--users=many"],
        "--users many: must be a whole number from 1 to 1,000,000; give one such as 300",
    ),
    (
        &["--users", "4294967296"],
        "--users 4294967296: must be a whole number from 1 to 1,000,000; give one such as 300",
    ),
    (
        &["--users", ""],
        "--users \"\": must be a whole number from 1 to 1,000,000; give one such as 300",
    ),
    (
        &["--user-types", "new,,admin"],
        "--user-types \"new,,admin\": has an empty type name; give names with commas between them, such as new,active",
    ),
    (
        &["--user-types", "new,new"],
        "--user-types new,new: new is given twice; name each type once; its weight in the script says how many there are",
    ),
    (
        &["--min-requests", "9", "--max-requests", "3"],
        "--min-requests 9: more than --max-requests 3; give a minimum that is at most the maximum",
    ),
    (
        &["--min-requests", "0"],
        "--min-requests 0: must be at least 1; give a whole number from 1",
    ),
    (
        &["--max-requests", "-1"],
        "--max-requests -1: is not a valid number of requests; give a whole number from 1",
    ),
    (
        &["--locale", "pt-rb"],
        "--locale pt-rb: is not a known locale; did you mean pt_BR?; give one of: de_DE, en_GB, en_US, es_ES, fr_FR, it_IT, ja_JP, nl_NL, pt_BR",
    ),
    (
        &["--locale", "en"],
        "--locale en: is not a known locale; give one of: de_DE, en_GB, en_US, es_ES, fr_FR, it_IT, ja_JP, nl_NL, pt_BR",
    ),
    (
        &["--error-rate", "101"],
        "--error-rate 101: must be a percentage from 0 to 100; give one such as 15",
    ),
    (
        &["--error-rate", "-1"],
        "--error-rate -1: must be a percentage from 0 to 100; give one such as 15",
    ),
    (
        &["--error-rate", "NaN"],
        "--error-rate NaN: must be a percentage from 0 to 100; give one such as 15",
    ),
    (
        &["--error-rate", "high"],
        "--error-rate high: must be a percentage from 0 to 100; give one such as 15",
    ),
    (
        &["--base-url", "127.0.0.1:9501"],
        "--base-url 127.0.0.1:9501: does not begin with http:// or https://; give a URL such as http://127.0.0.1:9501",
    ),
    (
        &["--base-url", "localhost:9501"],
        "--base-url localhost:9501: does not begin with http:// or https://; give a URL such as http://127.0.0.1:9501",
    ),
    (
        &["--base-url", "ftp://example.com"],
        "--base-url ftp://example.com/: must be an http or https URL; give a URL such as http://127.0.0.1:9501",
    ),
    (
        &["--base-url", "http://"],
        "--base-url http://: empty host; give a URL such as http://127.0.0.1:9501",
    ),
    (
        &["--base-url", "http://example.com:99999"],
        "--base-url http://example.com:99999: invalid port number; give a URL such as http://127.0.0.1:9501",
    ),
    (
        &["--base-url", "http://ann:hunter2@example.com"],
        "--base-url http://example.com/: has a user name, which would appear in logs; leave it out of the URL; scripts log in by auth.basic",
    ),
    (
        &["--duration", "5x"],
        "--duration 5x: is not a valid duration; give seconds such as 300, or units such as 5m or 1h30m",
    ),
    (
        &["--duration", "-5"],
        "--duration -5: is not a valid duration; give seconds such as 300, or units such as 5m or 1h30m",
    ),
    (
        &["--duration", "0"],
        "--duration 0: must be above 0; give a time such as 300, 5m or 1h30m, or leave it out for one session a user",
    ),
    (
        &["--duration", "5m", "--continuous"],
        "--duration with --continuous: each of them says when the run ends; give one of them",
    ),
    (
        &["--duration", "5m", "--sessions", "4"],
        "--duration with --sessions: each of them says when the run ends; give one of them",
    ),
    (
        &["--sessions", "1.5"],
        "--sessions 1.5: is not a valid number of sessions; give a whole number from 1",
    ),
    (
        &["--ramp", "10m", "--duration", "5m"],
        "--ramp 600s: longer than the run of 300s, so the last users would never start; give a shorter ramp or a longer duration",
    ),
    (
        &["--ramp", "slow"],
        "--ramp slow: is not a valid duration; give seconds such as 10, or units such as 1m; 0 is all at once",
    ),
    (
        &["--cleanup-interval", "0"],
        "--cleanup-interval 0: must be above 0; give a time such as 3600 or 10m, or --cleanup alone to clean up at the end",
    ),
    (
        &["--cleanup-interval", "x"],
        "--cleanup-interval x: is not a valid duration; give seconds such as 3600, or units such as 1h",
    ),
    (
        &["--seed", "-1"],
        "--seed -1: is not a valid seed; give a whole number from 0 to 18446744073709551615",
    ),
    (
        &["--threads", "0"],
        "--threads 0: must be 1 to 1024 threads; give the number of cores, or leave it out",
    ),
    (
        &["--think-factor", "-1"],
        "--think-factor -1: must be a number from 0 to 1,000,000; give one such as 0.5 for half as long; 0 for no pauses",
    ),
    (
        &["--trace", "new", "--dry-run"],
        "--trace with --dry-run: a trace sends requests and a dry run sends none; give one of them",
    ),
    (
        &["--trace", "new,admin"],
        "--trace new,admin: is not a valid user type; give one, such as --trace new",
    ),
    (
        &["-e", "K-Y"],
        "-e K-Y: the key is not a valid name; give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit",
    ),
    (
        &["-e", "@"],
        "-e @: names no file; give the path of a file after the @",
    ),
    (
        &["-e", "KEY=@"],
        "-e KEY=@: names no file; give the path of a file after the @",
    ),
    (
        &["-e", "1ST=secret"],
        "-e 1ST=...: the key is not a valid name; give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit",
    ),
    (
        &["--resolve", "example.com:443"],
        "--resolve example.com:443: is not a valid HOST:PORT:ADDR; give one such as api.example.com:443:127.0.0.1",
    ),
    (
        &["--resolve", "example.com:0:127.0.0.1"],
        "--resolve example.com:0:127.0.0.1: is not a valid HOST:PORT:ADDR; give one such as api.example.com:443:127.0.0.1",
    ),
    (
        &["--resolve", "example.com:443:other.test"],
        "--resolve example.com:443:other.test: is not a valid HOST:PORT:ADDR; give one such as api.example.com:443:127.0.0.1",
    ),
    (
        &["--allow-host", "10.0.0.0/33"],
        "--allow-host 10.0.0.0/33: has more prefix bits than such an address has; give one such as api.example.com, api.example.com:8080, 10.0.0.5 or 10.0.0.0/8",
    ),
    (
        &["--allow-host", "http://api.test/x"],
        "--allow-host http://api.test/x: is neither a host nor a range of addresses; give one such as api.example.com, api.example.com:8080, 10.0.0.5 or 10.0.0.0/8",
    ),
    (
        &["--allow-host", "169.254.169.254"],
        "--allow-host 169.254.169.254: is an address from which cloud machines get their credentials; throng never connects to it; leave it out",
    ),
    (
        &["--proxy", "socks5://u:hunter2@proxy:1080"],
        "--proxy proxy:1080: is not a valid HTTP proxy URL; give one such as http://127.0.0.1:3128",
    ),
    (
        &["--connect-timeout", "0"],
        "--connect-timeout 0: is not a valid duration; give seconds such as 5, or units such as 500ms",
    ),
    (
        &["--request-timeout", "soon"],
        "--request-timeout soon: is not a valid duration; give seconds such as 5, or units such as 500ms",
    ),
    (
        &["--body-limit", "10MB5"],
        "--body-limit 10MB5: is not a valid size; give bytes such as 500000, or units such as 512KiB or 10MiB",
    ),
    (
        &["--cert", "c.pem"],
        "--cert c.pem: a certificate needs its key; add --key FILE",
    ),
    (
        &["--key", "k.pem"],
        "--key k.pem: a key needs its certificate; add --cert FILE",
    ),
    (
        &["--http1", "--http2"],
        "--http1 with --http2: a request has one version; give one of them, or none to let TLS choose",
    ),
    (
        &["--listen", "9900"],
        "--listen 9900: is not a valid address with a port; give one such as 127.0.0.1:9900, with port 0 for any free one",
    ),
    (
        &["--listen", "127.0.0.1:1", "--no-listen"],
        "--listen with --no-listen: one opens a port and the other opens none; give one of them",
    ),
    (
        &["--quiet", "--debug"],
        "--quiet with --debug: one shows less and the other more; give one of them",
    ),
    (
        &["--log-format", "xml"],
        "--log-format xml: is not a valid log format; give text or json",
    ),
    (
        &["--color", "blue"],
        "--color blue: is not a valid color mode; give auto, always or never",
    ),
    (
        &["--script-dir", ""],
        "--script-dir \"\": is not a valid path; give the path of a folder, or leave it out",
    ),
    (
        &["--summary-json", ""],
        "--summary-json \"\": is not a valid path; give the path of a file, or leave it out",
    ),
    (
        &["--report", "out.pdf"],
        "--report out.pdf: has no extension that says which format is meant; give a file that ends in .html, .json, .xml, .csv or .md",
    ),
    (
        &["--report", ""],
        "--report \"\": has no extension that says which format is meant; give a file that ends in .html, .json, .xml, .csv or .md",
    ),
    (
        &["--report", "-"],
        "--report -: has no extension that says which format is meant; give a file that ends in .html, .json, .xml, .csv or .md",
    ),
    (
        &["--report", "out.xml;out.xml"],
        "--report out.xml: is given twice; give each file once",
    ),
    (
        &["--open", "--no-listen"],
        "--open with --no-listen: one is for the live page and the other opens no port; give one of them",
    ),
    (
        &["--open", "--listen", "0.0.0.0:0"],
        "--open with --listen 0.0.0.0:0: the page is opened on this machine only; listen on 127.0.0.1, or leave out --open and sign in with the run's token",
    ),
    (
        &["--ca", ""],
        "--ca \"\": is not a valid path; give the path of a PEM file, or leave it out",
    ),
];

#[test]
fn every_value_that_cannot_be_is_named_with_its_cause_and_what_to_do() {
    for (words, message) in VALUES {
        let line: Vec<&str> = std::iter::once("run")
            .chain(words.iter().copied())
            .collect();
        assert_eq!(refusal(&line), *message, "{words:?}");
    }
}

#[test]
fn all_faults_of_a_line_are_told_at_once() {
    let line = [
        "run",
        "--users",
        "0",
        "--error-rate",
        "200",
        "--duration",
        "x",
        "--base-url",
        "example.com",
        "-e",
        "K-",
    ];
    assert_eq!(
        refusal(&line),
        "5 things are wrong\n  \
         --base-url example.com: does not begin with http:// or https://; give a URL such as http://127.0.0.1:9501\n  \
         --duration x: is not a valid duration; give seconds such as 300, or units such as 5m or 1h30m\n  \
         --users 0: must be a whole number from 1 to 1,000,000; give one such as 300\n  \
         --error-rate 200: must be a percentage from 0 to 100; give one such as 15\n  \
         -e K-: the key is not a valid name; give KEY=VALUE, with a key of letters, digits and _ that does not begin with a digit"
    );
}

#[test]
fn a_demo_refuses_a_target_of_its_own() {
    assert_eq!(
        refusal(&["demo", "--base-url", "http://example.com"]),
        "--base-url http://example.com: a demo brings its own target; use throng run, or leave it out"
    );
    assert_eq!(demo(&["--users", "3"]).plan.users, 3);
}

#[test]
fn an_unknown_option_is_named_with_the_one_that_was_meant() {
    let Err(Refusal::Usage(error)) = parse(&["run", "--usres", "5"]) else {
        panic!()
    };
    let message = error.to_string();
    assert!(
        message.starts_with("error: unexpected argument '--usres' found"),
        "{message}"
    );
    assert!(message.contains("'--users'"), "{message}");
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn an_option_without_its_value_is_named() {
    for (line, start) in [
        (
            vec!["run", "--users"],
            "error: a value is required for '--users <N>' but none was supplied",
        ),
        (vec!["walk"], "error: unrecognized subcommand 'walk'"),
        (
            vec!["run", "stray"],
            "error: unexpected argument 'stray' found",
        ),
        (
            vec!["run", "--users", "1", "--users", "2"],
            "error: the argument '--users <N>' cannot be used multiple times",
        ),
        (
            vec!["completions", "tcl"],
            "error: invalid value 'tcl' for '<SHELL>'",
        ),
    ] {
        let Err(Refusal::Usage(error)) = parse(&line) else {
            panic!("{line:?}")
        };
        assert!(error.to_string().starts_with(start), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn good_values_beside_the_bad_ones_stay_good() {
    assert_eq!(run(&["--error-rate", "15%"]).plan.error_rate, 15.0);
    assert_eq!(run(&["--error-rate", "100"]).plan.error_rate, 100.0);
    assert_eq!(
        run(&["--min-requests", "3", "--max-requests", "3"])
            .plan
            .requests
            .clamp(None),
        (3, 3)
    );
}

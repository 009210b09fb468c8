//! `docs/robustness.md`, made of the tables: a test compares, and writes the file anew where `THRONG_WRITE_DOCS` is set.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::{script_case, targets};

/// Cases that tests of other rooms hold: what happens, what comes of it, and file and name of the test.
const ELSEWHERE: &[[&str; 4]] = &[
    [
        "redirects without an end",
        "`redirects`, after 10",
        "http/values.rs",
        "too_many_redirects_are_told_with_their_last_one",
    ],
    [
        "a redirect to another host",
        "`not_allowed`; that host sees nothing",
        "http/reach.rs",
        "a_redirect_to_another_host_is_refused_there",
    ],
    [
        "a redirect to the metadata of a cloud machine",
        "`not_allowed`, however the address is written",
        "http/reach.rs",
        "metadata_of_clouds_is_never_reached_however_it_is_written",
    ],
    [
        "a redirect to another scheme, or to nowhere",
        "`redirects`",
        "http/redirects.rs",
        "a_way_to_nowhere_is_a_failure",
    ],
    [
        "a redirect to another origin",
        "secrets stay behind",
        "http/redirects.rs",
        "secrets_stay_with_their_origin",
    ],
    [
        "a certificate that has expired, for another name, of an unknown authority",
        "`tls`, with the reason",
        "http/tls.rs",
        "certificates_are_refused_for_a_reason_that_is_said",
    ],
    [
        "a certificate that is signed by itself alone",
        "`tls`, with the two ways out; believed when it is in `--ca`, for its names and dates only",
        "http/trust.rs",
        "a_certificate_that_is_given_is_held_to_its_name_and_its_dates",
    ],
    [
        "with `--insecure`, a certificate and a signature that are none",
        "taken",
        "http/trust.rs",
        "insecure_takes_any_certificate_and_any_signature",
    ],
    [
        "plain HTTP where TLS was meant",
        "`tls: the server speaks plain HTTP there, no TLS: use http://`",
        "http/trust.rs",
        "what_is_no_tls_is_said_with_what_to_write",
    ],
    [
        "TLS where plain HTTP was meant",
        "`protocol: the server speaks TLS there, no plain HTTP: use https://`",
        "http/trust.rs",
        "plain_http_to_tls_is_said_with_what_to_write",
    ],
    [
        "an end of TLS without its farewell",
        "`truncated`",
        "http/tls.rs",
        "an_end_without_farewell_is_a_truncation",
    ],
    [
        "a kept connection that was closed",
        "not used; where the close comes with the request, sent again once, where that is safe",
        "http/resends.rs",
        "what_is_lost_within_two_round_trips_is_sent_again_once_where_that_is_safe",
    ],
    [
        "a stream that is refused (`REFUSED_STREAM`)",
        "sent again, ten times at most",
        "http/resends.rs",
        "a_refused_stream_is_sent_again_a_bounded_number_of_times",
    ],
    [
        "a connection that is lost when the server has worked at the request",
        "`reset`, not sent again",
        "http/resends.rs",
        "what_a_server_worked_at_is_not_sent_again",
    ],
    [
        "GOAWAY over requests that were not begun",
        "sent again on a new connection, ten times at most",
        "http/resends.rs",
        "streams_above_the_last_one_of_goaway_are_sent_again_on_a_new_connection",
    ],
    [
        "a name with an address where nobody answers",
        "the next one is tried beside it after 250 ms",
        "http/addresses.rs",
        "an_address_that_says_nothing_is_raced_once_and_then_comes_last",
    ],
    [
        "GOAWAY between two requests",
        "the next request has a new connection",
        "http/multiplexed.rs",
        "after_goaway_the_next_request_has_a_new_connection",
    ],
    [
        "TLS that stops in the handshake",
        "`timeout`: in the TLS handshake",
        "robustness/places.rs",
        "tls_that_stops_in_the_handshake_is_a_timeout",
    ],
    [
        "names that are found now and then only",
        "`dns` while they are not, and then answers",
        "robustness/places.rs",
        "names_that_are_found_now_and_then_fail_now_and_then",
    ],
    [
        "thousands of cookies, and cookies of 60 kB",
        "180 are kept, of at most 4 kB each",
        "robustness/places.rs",
        "a_jar_of_cookies_has_a_bottom",
    ],
    [
        "a service that is restarted in the middle of a run",
        "the crowd goes on",
        "robustness/crowd.rs",
        "the_crowd_goes_on_when_the_service_comes_back",
    ],
    [
        "a target that does all of it in turn",
        "the run ends as documented; counts are the target's",
        "robustness/crowd.rs",
        "a_run_against_a_zoo_ends_and_counts",
    ],
    [
        "scripts that misbehave beside one that does not",
        "its requests are as fast as alone",
        "robustness/crowd.rs",
        "users_beside_bad_scripts_are_not_held_up",
    ],
    [
        "no descriptors left for connections",
        "`generator`: counted by itself, no failure of the target",
        "command/starved.rs",
        "what_cannot_leave_for_want_of_descriptors_is_the_generators_fault",
    ],
    [
        "no descriptors left to read changed scripts with",
        "tried again, and not refused",
        "command/starved.rs",
        "scripts_that_cannot_be_read_for_want_of_descriptors_are_not_refused",
    ],
    [
        "a thread that cannot start",
        "the run ends before its first user",
        "command/starved.rs",
        "a_shard_that_cannot_start_ends_the_run_at_once",
    ],
    [
        "a terminal that closes",
        "the run ends in order, and cleans up",
        "command/stop.rs",
        "a_terminal_that_is_closed_leaves_nothing_behind",
    ],
    [
        "a stdout or a disk that is full at the end",
        "the summary is on stderr, exit code 1",
        "command/no_place.rs",
        "a_summary_that_stdout_does_not_take_is_an_error_and_on_stderr",
    ],
];

const HEAD: &str = include_str!("head.md");

fn document() -> String {
    let mut text = HEAD.to_owned();
    let _ = writeln!(text, "\n## Scripts\n");
    for name in script_case::GROUPS {
        let group = script_case::group(name);
        let _ = writeln!(text, "### {}\n", group.title);
        let _ = writeln!(
            text,
            "| the script does | what ends | with the message |\n|---|---|---|"
        );
        for case in &group.cases {
            let result = without_place(&short(&case.result()));
            let (ends, message) = match result.strip_prefix("goes on: ") {
                Some(said) => ("nothing", code(said)),
                None if case.is_loading() => ("the version", code(&result)),
                None if case.harms() => ("the step", code(&result)),
                None => ("nothing", code(&result)),
            };
            let (does, message) = (cell(&case.does), cell(&message));
            let _ = writeln!(text, "| {does} | {ends} | {message} |");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "## Targets\n");
    for (title, cases) in targets::GROUPS {
        let _ = writeln!(text, "### {title}\n");
        let _ = writeln!(text, "| the target | a request is |\n|---|---|");
        for case in cases {
            let _ = writeln!(text, "| {} | {} |", cell(case.does), cell(&code(case.ends)));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "### Held by tests of their own\n");
    let _ = writeln!(
        text,
        "| what happens | what comes of it | shown by |\n|---|---|---|"
    );
    for [what, result, file, test] in ELSEWHERE {
        let file = file.trim_end_matches(".rs").replace('/', "::");
        let _ = writeln!(text, "| {what} | {result} | `{file}::{test}` |");
    }
    text
}

/// A long row of one letter as an ellipsis.
fn short(text: &str) -> String {
    let long = "x".repeat(40);
    match text.find(&long) {
        Some(at) => {
            let rest = text[at..].trim_start_matches('x');
            format!("{}x…{rest}", &text[..at])
        }
        None => text.to_owned(),
    }
}

/// The message alone, where its place is in the script itself.
fn without_place(text: &str) -> String {
    let Some((number, message)) = text
        .strip_prefix("scripts/one.lua:")
        .and_then(|rest| rest.split_once(": "))
    else {
        return text.to_owned();
    };
    if number.parse::<u32>().is_ok() {
        message.to_owned()
    } else {
        text.to_owned()
    }
}

/// The most characters of a cell that is code, its quotes included.
const WIDEST: usize = 100;

fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("{fence}{line}{fence}"))
        .collect();
    let all = lines.join("; ");
    if all.chars().count() <= WIDEST {
        return all;
    }
    let kept: String = all.chars().take(WIDEST - 1 - fence.len()).collect();
    format!("{}…{fence}", kept.trim_end())
}

/// What a table's cell can hold.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/robustness.md")
}

#[test]
fn the_document_says_what_the_tests_assert() {
    let document = document();
    if std::env::var_os("THRONG_WRITE_DOCS").is_some() {
        std::fs::write(path(), &document).unwrap();
    }
    let written = std::fs::read_to_string(path()).unwrap();
    let stale = written
        .lines()
        .zip(document.lines())
        .find(|(is, should)| is != should);
    assert!(
        written == document,
        "docs/robustness.md is stale, first at {stale:?}; write it anew with THRONG_WRITE_DOCS=1 cargo test --test all robustness::book"
    );
}

#[test]
fn every_test_that_the_document_names_exists() {
    for [what, _, file, test] in ELSEWHERE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(&format!("#[test]\nfn {test}()")),
            "{what}: {file} has no test {test}"
        );
    }
}

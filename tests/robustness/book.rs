//! `docs/robustness.md`, made of the tables: a test compares, and writes the file anew where `THRONG_WRITE_DOCS` is set.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::plans::PLANS;
use super::{script_case, targets};

/// Cases that tests of other rooms hold: what happens, what comes of it, and file and name of the test.
const ELSEWHERE: &[[&str; 4]] = &[
    [
        "endless redirects",
        "`redirects`, after 10",
        "http/values.rs",
        "too_many_redirects_are_told_with_their_last_one",
    ],
    [
        "a redirect to another host",
        "`not_allowed`; nothing is sent to that host",
        "http/reach.rs",
        "a_redirect_to_another_host_is_refused_there",
    ],
    [
        "a redirect to the metadata address of a cloud machine",
        "`not_allowed`, in any notation of the address",
        "http/reach.rs",
        "metadata_of_clouds_is_never_reached_however_it_is_written",
    ],
    [
        "a redirect to another scheme, or to an invalid location",
        "`redirects`",
        "http/redirects.rs",
        "a_way_to_nowhere_is_a_failure",
    ],
    [
        "a redirect to another origin",
        "secrets are not sent",
        "http/redirects.rs",
        "secrets_stay_with_their_origin",
    ],
    [
        "a certificate that has expired, is for another name, or of an unknown authority",
        "`tls`, with the reason",
        "http/tls.rs",
        "certificates_are_refused_for_a_reason_that_is_said",
    ],
    [
        "a self-signed certificate",
        "`tls`, with the two remedies; trusted when it is in `--ca`, for its names and dates only",
        "http/trust.rs",
        "a_certificate_that_is_given_is_held_to_its_name_and_its_dates",
    ],
    [
        "with `--insecure`, an invalid certificate and signature",
        "accepted",
        "http/trust.rs",
        "insecure_takes_any_certificate_and_any_signature",
    ],
    [
        "plain HTTP instead of TLS",
        "`tls: the server speaks plain HTTP on this port, not TLS: use http://`",
        "http/trust.rs",
        "what_is_no_tls_is_said_with_what_to_write",
    ],
    [
        "TLS instead of plain HTTP",
        "`protocol: the server speaks TLS on this port, not plain HTTP: use https://`",
        "http/trust.rs",
        "plain_http_to_tls_is_said_with_what_to_write",
    ],
    [
        "an end of TLS without close_notify",
        "`truncated`",
        "http/tls.rs",
        "an_end_without_farewell_is_a_truncation",
    ],
    [
        "an idle connection that was closed",
        "not used; if it is closed during the request, retried once, if that is safe",
        "http/resends.rs",
        "what_is_lost_within_two_round_trips_is_sent_again_once_where_that_is_safe",
    ],
    [
        "a refused stream (`REFUSED_STREAM`)",
        "retried, at most ten times",
        "http/resends.rs",
        "a_refused_stream_is_sent_again_a_bounded_number_of_times",
    ],
    [
        "a connection that is lost while the server processes the request",
        "`reset`, not retried",
        "http/resends.rs",
        "what_a_server_worked_at_is_not_sent_again",
    ],
    [
        "GOAWAY for requests that were not processed",
        "retried on a new connection, at most ten times",
        "http/resends.rs",
        "streams_above_the_last_one_of_goaway_are_sent_again_on_a_new_connection",
    ],
    [
        "a name with an address that does not respond",
        "the next one is tried concurrently after 250 ms",
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
        "TLS that stalls in the handshake",
        "`timeout`: in the TLS handshake",
        "robustness/places.rs",
        "tls_that_stops_in_the_handshake_is_a_timeout",
    ],
    [
        "names that resolve intermittently",
        "`dns` while they do not, then responses",
        "robustness/places.rs",
        "names_that_are_found_now_and_then_fail_now_and_then",
    ],
    [
        "thousands of cookies, and cookies of 60 kB",
        "180 are stored, of at most 4 kB each",
        "robustness/places.rs",
        "a_jar_of_cookies_has_a_bottom",
    ],
    [
        "a service that is restarted during a run",
        "the users continue",
        "robustness/crowd.rs",
        "the_crowd_goes_on_when_the_service_comes_back",
    ],
    [
        "a target that does all of this in turn",
        "the run ends as documented; its counts match the target's",
        "robustness/crowd.rs",
        "a_run_against_a_zoo_ends_and_counts",
    ],
    [
        "scripts that misbehave next to one that does not",
        "its requests are as fast as without them",
        "robustness/crowd.rs",
        "users_beside_bad_scripts_are_not_held_up",
    ],
    [
        "no descriptors left for connections",
        "`generator`: counted separately, not a failure of the target",
        "command/starved.rs",
        "what_cannot_leave_for_want_of_descriptors_is_the_generators_fault",
    ],
    [
        "no descriptors left to read changed scripts with",
        "read again later, not refused",
        "command/starved.rs",
        "scripts_that_cannot_be_read_for_want_of_descriptors_are_not_refused",
    ],
    [
        "a thread that cannot be started",
        "the run ends before its first user",
        "command/starved.rs",
        "a_shard_that_cannot_start_ends_the_run_at_once",
    ],
    [
        "a terminal that closes",
        "the run stops gracefully, and cleans up",
        "command/stop.rs",
        "a_terminal_that_is_closed_leaves_nothing_behind",
    ],
    [
        "a full stdout or disk at the end",
        "the summary is written to stderr, exit code 1",
        "command/no_place.rs",
        "a_summary_that_stdout_does_not_take_is_an_error_and_on_stderr",
    ],
    [
        "a search whose load the generator cannot put on",
        "it ends with the levels that held, exit code 7: the limit is not the target's",
        "command/search.rs",
        "a_load_that_could_not_be_put_on_is_the_limit_of_the_generator",
    ],
    [
        "a search of a target that never answers",
        "it ends at its lowest level, exit code 1",
        "command/search.rs",
        "a_target_that_never_answers_is_exit_1",
    ],
    [
        "a signal during a search",
        "it ends in order with what is known, and cleans up",
        "command/search.rs",
        "nobody_else_sets_the_level_and_a_signal_ends_a_search_with_what_is_known",
    ],
    [
        "a disk that is full when a report is written",
        "the summary and the other reports are written, exit code 1",
        "command/reports.rs",
        "a_report_that_cannot_be_written_costs_neither_the_summary_nor_the_others",
    ],
    [
        "a receiver of `--remote-write` or `--otlp` that refuses connections",
        "its items are dropped and counted; neither the users nor the end of the run wait",
        "outputs/faults.rs",
        "a_receiver_that_refuses_connections_costs_its_items_only",
    ],
    [
        "one that hangs",
        "the same; the end of the run waits for 5 s",
        "outputs/faults.rs",
        "a_receiver_that_hangs_costs_its_items_only",
    ],
    [
        "one of remote write that answers 500",
        "sent again after 30 ms, doubling to 5 s, until the end of the run",
        "outputs/faults.rs",
        "a_receiver_that_answers_500_is_asked_again",
    ],
    [
        "one that answers 4xx, or one of OTLP that answers 500",
        "dropped, not sent again",
        "outputs/faults.rs",
        "what_is_refused_is_dropped_and_not_sent_again",
    ],
    [
        "one that answers 429 with `Retry-After`",
        "sent again after that time",
        "outputs/faults.rs",
        "a_receiver_that_asks_for_time_gets_it",
    ],
    [
        "one that redirects",
        "not followed; dropped, and the place is named",
        "outputs/faults.rs",
        "a_redirect_is_not_followed_with_the_credentials",
    ],
    [
        "a Prometheus that goes away and comes back",
        "what it missed is delivered, in its order",
        "outputs/remote_write.rs",
        "what_prometheus_missed_while_it_was_away_is_delivered_when_it_is_back",
    ],
    [
        "a receiver of OTLP that takes an export in part",
        "what it rejected is counted and said",
        "outputs/otlp.rs",
        "what_a_receiver_rejects_of_a_message_is_counted_and_said",
    ],
    [
        "a disk that is full under `--samples`",
        "lines that do not fit are dropped and counted; the file stays readable, the run goes on",
        "outputs/samples.rs",
        "a_disk_that_is_full_costs_lines_only",
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
        let _ = writeln!(text, "| the target | the request ends as |\n|---|---|");
        for case in cases {
            let _ = writeln!(text, "| {} | {} |", cell(case.does), cell(&code(case.ends)));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "### Further tests\n");
    tests(&mut text, ELSEWHERE);
    let _ = writeln!(text, "\n## Plans\n");
    let _ = writeln!(text, "Every fault is said with its place and what to do.\n");
    tests(&mut text, PLANS);
    text
}

/// A table of cases and their tests, by the names under which cargo runs them.
fn tests(text: &mut String, cases: &[[&str; 4]]) {
    let _ = writeln!(text, "| what happens | result | test |\n|---|---|---|");
    for [what, result, file, test] in cases {
        let room = file.trim_end_matches(".rs").replace('/', "::");
        let room = match room.strip_prefix("src::") {
            Some(unit) => {
                let unit = unit.strip_prefix("core::").unwrap_or(unit);
                // The tests of a room may have a file of their own.
                let unit = unit.trim_end_matches("::mod");
                format!("{}::tests", unit.trim_end_matches("::tests"))
            }
            None => room,
        };
        let _ = writeln!(text, "| {what} | {result} | `{room}::{test}` |");
    }
}

/// The file of a test: below `tests`, or a room's own.
fn test_file(file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if file.starts_with("src/") {
        root.join(file)
    } else {
        root.join("tests").join(file)
    }
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
    for [what, _, file, test] in ELSEWHERE.iter().chain(PLANS) {
        let text = std::fs::read_to_string(test_file(file)).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let start = format!("fn {test}()");
        let mut pairs = lines.windows(2);
        assert!(
            pairs.any(|pair| pair[0] == "#[test]" && pair[1].starts_with(&start)),
            "{what}: {file} has no test {test}"
        );
    }
}

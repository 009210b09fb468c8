//! `log` and `print`: any bytes, one line each, and no more of them than a disk can take.

use throng::script::api::log::{BYTES, LINES, LONGEST_LINE};

use super::secrets::logged;
use super::support::{Folder, Stage, act, nowhere};
use crate::support::on_one_thread;

/// What is logged while a step does this.
fn said_by(body: &str) -> Vec<String> {
    let log = logged(|| {
        on_one_thread(async {
            act(body, nowhere()).await.fine();
        });
    });
    let words = |line: &str| {
        let (_, words) = line.split_once("throng::script: ").unwrap_or(("", line));
        // Its type is a field.
        words.trim_end_matches(" user_type=\"one\"").to_owned()
    };
    log.lines().map(words).collect()
}

#[test]
fn any_bytes_are_one_line() {
    let body = r"
        print('a\nb\r\27[31mred\0', 1.5, nil, '\xff\xe9', 'é')
        log.warn('\27]0;title\7\xff', { name = 'x\ny\27[2J\xff\u{9b}', ['\xfe'] = 1 })
        log.info('\u{202e}turned')";
    assert_eq!(
        said_by(body),
        [
            "a\\nb\\r\\u{1b}[31mred\\u{0} 1.5 nil \\xff\\xe9 \u{e9}",
            "one #0: \\u{1b}]0;title\\u{7}\\xff {\"name\":\"x\\ny\\u001b[2J\u{fffd}\\u{9b}\",\"\u{fffd}\":1}",
            "one #0: \\u{202e}turned",
        ]
    );
}

#[test]
fn a_long_line_is_cut_and_says_how_long_it_was() {
    let said = said_by("log.info(('x'):rep(1 << 20)) print(('y'):rep(1 << 20), 'z')");
    let expected = format!(
        "{}... (1048584 bytes)",
        format!("one #0: {}", "x".repeat(LONGEST_LINE))
            .split_at(LONGEST_LINE)
            .0
    );
    assert_eq!(said[0], expected);
    assert!(said[1].starts_with("yyy") && said[1].len() < LONGEST_LINE + 40);
    assert_eq!(said.len(), 2);
}

#[test]
fn what_is_too_much_for_a_second_is_counted_and_the_count_is_said() {
    let log = logged(|| {
        on_one_thread(async {
            // A few at a time: a step may compute for 50 ms.
            let folder = Folder::step(
                "for i = 1, 50 do print(i) end for i = 1, 5 do log.info(('x'):rep(4000)) end log.debug('not wanted')",
            );
            let stage = Stage::new(&folder, nowhere());
            let script_user = stage.one();
            let began = std::time::Instant::now();
            for _ in 0..100 {
                let end = script_user.step(0).await;
                assert!(matches!(end, throng::script::CallEnd::Done), "{end:?}");
            }
            let seconds = began.elapsed().as_secs() as usize + 1;
            SECONDS.set(seconds);
        });
    });
    let seconds = SECONDS.get();
    let left_out: usize = log
        .lines()
        .filter_map(|line| {
            let (before, _) = line.split_once(" lines of log and print were dropped")?;
            before.rsplit(' ').next()?.parse::<usize>().ok()
        })
        .sum();
    let notes = log
        .lines()
        .filter(|line| line.contains("were dropped"))
        .count();
    let written = log.lines().count() - notes;
    assert_eq!(written + left_out, 5_500);
    assert!(
        written <= LINES as usize * seconds,
        "{written} lines in {seconds} s"
    );
    assert!(
        written >= 100 && left_out >= 100,
        "{written} and {left_out}"
    );
    let most = (BYTES + 200 * LINES as usize + LONGEST_LINE) * seconds;
    assert!(log.len() <= most, "{} bytes in {seconds} s", log.len());
}

thread_local! {
    static SECONDS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[test]
fn a_word_to_count_by_has_at_most_200_bytes() {
    let long = "x".repeat(201);
    let kind = "delete = { path = '/x/{id}' }, id = '/id'";
    on_one_thread(async {
        for (body, words) in [
            (
                format!("http.get('/x', {{ name = '{long}' }})"),
                "http.get: name has 201 bytes; it is a label, of at most 200",
            ),
            (
                format!("metrics.check('{long}', true)"),
                "metrics.check: name has 201 bytes; it is a label, of at most 200",
            ),
            (
                format!("http.get('/x', {{ tags = {{ page = '{long}' }} }})"),
                "http.get: tags.page has 201 bytes; it is a label, of at most 200",
            ),
            (
                format!("http.get('/x', {{ tags = {{ ['{long}'] = 1 }} }})"),
                "http.get: a name in tags has 201 bytes; it is a label, of at most 200",
            ),
            (
                format!("http.post('/x', {{ creates = {{ kind = '{long}', {kind} }} }})"),
                "http.post: creates.kind has 201 bytes; it is a label, of at most 200",
            ),
            (
                format!(
                    "http.post('/x', {{ creates = {{ kind = 'a', needs = {{ '{long}' }}, {kind} }} }})"
                ),
                "http.post: a kind in creates.needs has 201 bytes; it is a label, of at most 200",
            ),
        ] {
            let fault = act(&body, nowhere()).await.fault();
            assert_eq!(fault, format!("scripts/one.lua:2: {words}"));
        }
        let fine = "x".repeat(200);
        act(
            &format!("http.get('/x', {{ name = '{fine}' }}) metrics.check('{fine}', true)"),
            nowhere(),
        )
        .await
        .fine();
        let path = format!("/{}", "y".repeat(5_000));
        let act = act(&format!("http.get('{path}')"), nowhere()).await;
        let names: Vec<usize> = act
            .batch
            .totals
            .series
            .keys()
            .map(|series| series.operation.name.len())
            .collect();
        assert_eq!(names, [200], "a path that is counted by itself is cut");
    });
    let fault = Folder::one(&format!(
        "return {{ steps = {{ {{ 1, function() end, name = '{long}' }} }} }}"
    ))
    .fault();
    assert!(
        fault.ends_with("has a name of 201 bytes; a name has at most 200"),
        "{fault}"
    );
    let top = format!("metrics.counter('{long}') return {{ step = function() end }}");
    let fault = Folder::one(&top).fault();
    assert!(
        fault.ends_with("metrics: a name has 201 bytes; it is a label, of at most 200"),
        "{fault}"
    );
}

#[test]
fn a_run_has_a_hundred_kinds_of_things() {
    on_one_thread(async {
        let target = super::support::Target::start(|_, _| {
            Some(super::support::json(201, &serde_json::json!({ "id": 1 })))
        })
        .await;
        let body = "for i = 1, 101 do
            http.post('/x', { creates = { kind = 'kind ' .. i, id = '/id', delete = { path = '/x/{id}' } } }) end";
        let act = act(body, target.address).await;
        assert_eq!(
            act.fault(),
            "scripts/one.lua:3: http.post: creates.kind: \"kind 101\" exceeds the maximum of 100 kinds; a kind is a class of items, such as user, and params identify one of them"
        );
        assert_eq!(act.ledger.len(), 100);
    });
}

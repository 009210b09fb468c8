//! Small mishaps of authors: each is said at once, with what to write instead; and what their calls promise beside.

use throng::metrics::CustomValue;

use super::support::{Folder, Stage, Target, act, nowhere, status};
use crate::support::on_one_thread;
use throng::script::CallEnd;

fn fault(body: &str) -> String {
    on_one_thread(async { act(body, nowhere()).await.fault() })
}

#[test]
fn what_is_misspelt_or_misplaced_is_said_with_what_there_is() {
    let creates = |spec: &str| {
        format!(
            "http.post('/x', {{ creates = {{ kind = 'x', delete = {{ path = '/x/{{id}}' }}, {spec} }} }})"
        )
    };
    for (body, says) in [
        (
            "http.gett('/x')".to_owned(),
            "http has no 'gett'; there are: cookies, delete, get, head, options, page, patch, post, put, request",
        ),
        (
            "random.integer(1, 2)".to_owned(),
            "random has no 'integer'; there are: address, card, chance,",
        ),
        (
            "user.count = 1".to_owned(),
            "user.count: keep it in user.state.count",
        ),
        (
            creates("id = 'id'"),
            "http.post: creates.id \"id\" is not a JSON pointer; write \"/id\"",
        ),
        (
            creates("fnid = {}"),
            "http.post: creates has the unknown key 'fnid'; there are: kind, id, delete",
        ),
        (
            "http.get('/x').json()".to_owned(),
            "json is called with a colon: res:json()",
        ),
        (
            "local t = os.time()".to_owned(),
            "'os' is not available to scripts; for times use time.now()",
        ),
    ] {
        let said = fault(&body);
        assert!(
            said.starts_with(&format!("scripts/one.lua:2: {says}")),
            "{body}: {said}"
        );
    }
}

#[test]
fn an_account_of_a_clean_up_must_hold_what_the_login_needs() {
    let body = "http.post('/x', { creates = { kind = 'x', delete = { path = '/x/{id}' }, as = { email = 'a@b.c' } } })";
    let setup = "auth.setup { login = { path = '/login', fields = { 'email', 'password' }, token = '/t' } }\n";
    let folder = Folder::one(&format!(
        "{setup}return {{ step = function()\n{body} end }}"
    ));
    let end = on_one_thread(async { Stage::new(&folder, nowhere()).one().step(0).await });
    let said = super::support::fault_of(&end).to_string();
    assert_eq!(
        said,
        "scripts/one.lua:3: http.post: creates.as has no password, which the login of the clean-up needs; \
         if it comes from vars, give it with -e NAME=VALUE"
    );
}

#[test]
fn a_step_that_happens_to_end_in_false_goes_on_and_one_with_a_reason_ends_the_session() {
    for (returned, declined) in [
        ("false", None),
        ("nil, 'x'", None),
        ("false, 'sold out'", Some("sold out")),
    ] {
        let folder = Folder::one(&format!(
            "return {{ step = function() return {returned} end }}"
        ));
        let end = on_one_thread(async { Stage::new(&folder, nowhere()).one().step(0).await });
        match declined {
            None => assert!(matches!(end, CallEnd::Done), "{returned}: {end:?}"),
            Some(why) => assert!(
                matches!(&end, CallEnd::Declined(Some(said)) if said == why),
                "{end:?}"
            ),
        }
    }
}

#[test]
fn unique_texts_differ_between_calls_users_and_runs_of_one_seed() {
    let unique = |run: &str, number: u64| {
        on_one_thread(async {
            let folder = Folder::step("say(random.unique()) say(random.unique())");
            let mut script_config = super::support::script_config();
            script_config.run_id = run.to_owned();
            let stage = Stage::with(
                &folder,
                nowhere(),
                script_config,
                &throng::http::Settings::default(),
            );
            stage.user(&stage.vm("one"), number).step(0).await;
            stage.said()
        })
    };
    assert_eq!(unique("k7f2", 4), ["k7f2-4-1", "k7f2-4-2"]);
    assert_eq!(unique("k7f2", 5), ["k7f2-5-1", "k7f2-5-2"]);
    assert_eq!(unique("m9x1", 4), ["m9x1-4-1", "m9x1-4-2"]);
}

#[test]
fn tags_count_requests_by_tag_value_and_outcome() {
    let act = on_one_thread(async {
        let target =
            Target::start(|seen, _| Some(status(if seen.target == "/gone" { 404 } else { 200 })))
                .await;
        let body = "for _ = 1, 2 do http.get('/', { tags = { team = 'blue', tier = 1 } }) end
            http.get('/gone', { tags = { team = 'blue' }, expect = 404 })
            http.get('/')";
        act(body, target.address).await
    });
    let counted = &act.batch.totals.custom["tagged_requests"].values;
    let count = |tag: &str, value: &str, outcome: &str| match &counted
        [&[tag, value, outcome].map(str::to_owned).to_vec()]
    {
        CustomValue::Counter(count) => *count,
        other => panic!("{other:?}"),
    };
    assert_eq!(count("team", "blue", "ok"), 2.0);
    assert_eq!(count("tier", "1", "ok"), 2.0);
    assert_eq!(count("team", "blue", "expected"), 1.0);
    assert_eq!(counted.len(), 3);
}

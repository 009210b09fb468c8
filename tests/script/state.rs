//! `user` and `user.state`: plain data from step to step.

use serde_json::json;

use super::support::{Folder, Stage, Target, act, fault_of, nowhere};
use crate::support::on_one_thread;
use throng::script::CallEnd;

#[test]
fn what_is_no_plain_data_is_named_by_its_path() {
    on_one_thread(async {
        let target = Target::echo().await;
        for (body, words) in [
            (
                "user.state.last = http.get('/')",
                "user.state.last is a response; keep the values that you need of it, such as res:json().id",
            ),
            (
                "user.state.list = { { go = print } }",
                "user.state.list[1].go is a function; user.state holds plain data only: strings, numbers, booleans, tables",
            ),
            (
                "user.state.a = { b = {} } user.state.a.b.c = user.state.a",
                "user.state.a.b.c holds itself; plain data has no circles",
            ),
            (
                "user.state[{}] = 1",
                "user.state has a key that is a table; use strings or numbers",
            ),
            (
                "user.state.co = coroutine.create(print)",
                "user.state.co is a thread; user.state holds plain data only: strings, numbers, booleans, tables",
            ),
            (
                "user.state = 5",
                "user.state is an integer; keep it a table and put values into it",
            ),
            (
                "local t = { 1 } for _ = 1, 30 do t = { t, t } end user.state.t = t",
                "user.state has more than 100000 values, those that two places share counted twice; keep what all users read in a module",
            ),
            (
                "local t = user.state for _ = 1, 40 do t.x = {} t = t.x end t.y = 1",
                "user.state.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x is nested more than 32 tables deep",
            ),
        ] {
            let act = act(body, target.address).await;
            assert_eq!(act.fault(), format!("scripts/one.lua: {words}"), "{body}");
        }
    });
}

#[test]
fn plain_data_stays_from_step_to_step_and_is_fresh_in_a_session() {
    on_one_thread(async {
        let body = "local s = user.state s.n = (s.n or 0) + 1 s.null = json.null s.bytes = '\\0\\255' s.t = { 1, { true } } s.same = s.t say(s.n)";
        let stage = Stage::new(&Folder::step(body), nowhere());
        let script_user = stage.one();
        for _ in 0..2 {
            assert!(matches!(script_user.step(0).await, CallEnd::Done));
        }
        script_user.end(throng::script::Unfinished::Lost);
        script_user.begin().unwrap();
        assert!(matches!(script_user.step(0).await, CallEnd::Done));
        assert_eq!(stage.said(), [1, 2, 1]);
    });
}

#[test]
fn the_user_says_who_it_is_and_what_it_may_still_do() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "say({ user.id, user.type, user.session, user.requests_left }) http.get('/') say(user.requests_left) say(user.nothing == nil)";
        assert_eq!(
            act(body, target.address).await.fine(),
            [json!([0, "one", 1, 10]), json!(9), json!(true)]
        );
    });
}

#[test]
fn a_script_may_set_how_many_requests_are_left() {
    on_one_thread(async {
        let target = Target::echo().await;
        let body = "user.requests_left = 3 http.get('/') say(user.requests_left)
            say((pcall(function() user.requests_left = 1.5 end))) say((pcall(function() user.requests_left = -1 end)))";
        assert_eq!(
            act(body, target.address).await.fine(),
            [json!(2), json!(false), json!(false)]
        );
    });
}

#[test]
fn a_response_is_read_within_its_step_only() {
    on_one_thread(async {
        let target = Target::echo().await;
        let folder = Folder::one(
            "local kept = {}
return { step = function(user)
  if user.id == 1 then http.get('/one') say(kept[0].body) return end
  if kept[0] then say(kept[0].status) say(kept[0].body) return end
  kept[0] = http.get('/zero')
end }",
        );
        let stage = Stage::new(&folder, target.address);
        let vm = stage.vm("one");
        let (zero, one) = (stage.user(&vm, 0), stage.user(&vm, 1));
        assert!(matches!(zero.step(0).await, CallEnd::Done));
        let words = "body of a response can be read only in its step; store what you need of it in user.state";
        let others = one.step(0).await;
        assert_eq!(
            fault_of(&others).to_string(),
            format!("scripts/one.lua:3: {words}"),
            "another user's answer"
        );
        let later = zero.step(0).await;
        assert_eq!(
            fault_of(&later).to_string(),
            format!("scripts/one.lua:4: {words}")
        );
        assert_eq!(stage.said(), [200]);
    });
}

//! `user.memory` over the sessions of one person.

use serde_json::{Value, json};
use throng::script::{CallEnd, ScriptUser, Unfinished};

use super::support::{Folder, Stage, fault_of, nowhere};
use crate::support::on_one_thread;

/// One session, of one step.
async fn session(user: &ScriptUser) -> CallEnd {
    user.context.user.person.begin_visit();
    user.begin().unwrap();
    user.recall().unwrap();
    let end = user.step(0).await;
    user.end(Unfinished::Lost);
    end
}

/// What a script says in so many sessions of one person.
fn said(step: &str, sessions: usize) -> Vec<Value> {
    on_one_thread(async {
        let stage = Stage::new(&Folder::step(step), nowhere());
        let user = stage.one();
        for _ in 0..sessions {
            let end = session(&user).await;
            assert!(matches!(end, CallEnd::Done), "{end:?}");
        }
        stage.said()
    })
}

#[test]
fn a_memory_that_is_dropped_stays_empty_and_comes_back_empty() {
    for read_first in ["local _ = user.memory.count", ""] {
        let step = format!(
            "{read_first}
            if user.visits == 1 then user.memory.count = 1 return end
            if user.visits == 2 then
                user.memory = nil
                think(0)
                say {{ 2, next(user.memory) == nil }}
                return
            end
            say {{ user.visits, user.memory.count == nil }}"
        );
        let expected = [json!([2, true]), json!([3, true])];
        assert_eq!(said(&step, 3), expected, "{read_first}");
    }
}

#[test]
fn a_memory_is_measured_to_the_byte() {
    // A table of one text takes 13 bytes more than that.
    for (length, fits) in [((64 << 10) - 13, true), ((64 << 10) - 12, false)] {
        let step = format!(
            "if user.visits == 1 then user.memory.x = ('x'):rep({length}) else say(#user.memory.x) end"
        );
        if fits {
            assert_eq!(said(&step, 2), [json!(length)]);
            continue;
        }
        on_one_thread(async {
            let stage = Stage::new(&Folder::step(&step), nowhere());
            let end = session(&stage.one()).await;
            let fault = fault_of(&end).to_string();
            assert!(fault.contains("user.memory has more than 64 kB"), "{fault}");
        });
    }
}

//! Scripts that are interrupted so that others have their turn: they go on where they were.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::Lua;
use tokio::time::timeout;

use super::support::{Folder, Stage, nowhere};
use crate::support::on_one_thread;
use throng::script::CallEnd;

/// The hook looks every 2,000 instructions. Each round is some instructions longer than that and lasts longer than a turn,
/// so that in the end every instruction around a wait has been the one where it looked.
const ROUNDS: &str = "think(0)
for round = 1, 1100 do
  a_turn()
  for _ = 1, 1977 do end
  think(0)
end
say 'through'";

/// A call that lasts longer than a turn, by the clock that decides that: on a machine with other work it computes less, and
/// never for as long as a script may.
fn a_turn(_: &Lua, (): ()) -> mlua::Result<()> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_micros(2_100) {
        std::hint::spin_loop();
    }
    Ok(())
}

#[test]
fn an_interruption_beside_a_wait_loses_no_wake_up() {
    for body in [
        ROUNDS.to_owned(),
        format!("parallel {{ function() {ROUNDS} end, function() think(0) end }}"),
    ] {
        on_one_thread(async {
            let stage = Stage::with_short_rests(&Folder::step(&body), nowhere());
            let vm = stage.vm("one");
            let call = vm.lua.create_function(a_turn).unwrap();
            vm.lua.globals().raw_set("a_turn", call).unwrap();
            let user = stage.user(&vm, 0);
            // Seconds of work, which a machine with other work does not do in a minute.
            let end = timeout(Duration::from_secs(600), user.step(0)).await;
            let end = end.unwrap_or_else(|_| panic!("it never goes on: {body}"));
            assert!(matches!(end, CallEnd::Done), "{end:?}");
            assert_eq!(stage.said(), ["through"]);
        });
    }
}

/// A stretch of 15 ms in which Lua cannot be interrupted.
const STRETCH: &str = "local began = time.monotonic()
table.sort({ 2, 1 }, function() while time.monotonic() < began + 0.015 do end return false end)";

/// The shard looks at everything else between two of them, however many users have such stretches. Told by the thread's own
/// clock, so that other work of the machine does not count.
#[test]
fn between_two_long_stretches_others_have_their_turn() {
    on_one_thread(async {
        let stage = Stage::new(&Folder::step(STRETCH), nowhere());
        let users: Vec<_> = (0..6).map(|_| Rc::new(stage.one())).collect();
        // The first is not known for it yet.
        assert!(matches!(users[0].step(0).await, CallEnd::Done));
        let longest = Rc::new(Cell::new(Duration::ZERO));
        let watch = {
            let longest = Rc::clone(&longest);
            tokio::task::spawn_local(async move {
                let mut last = cpu_time();
                loop {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    let now = cpu_time();
                    longest.set(longest.get().max(now - last));
                    last = now;
                }
            })
        };
        let steps: Vec<_> = users
            .into_iter()
            .map(|user| tokio::task::spawn_local(async move { user.step(0).await }))
            .collect();
        for step in steps {
            assert!(matches!(step.await.unwrap(), CallEnd::Done));
        }
        watch.abort();
        let longest = longest.get();
        assert!(longest > Duration::from_millis(3), "nothing was measured");
        assert!(longest < Duration::from_millis(25), "{longest:?}");
    });
}

fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap()
}

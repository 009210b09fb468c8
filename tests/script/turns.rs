//! Scripts that are interrupted so that others have their turn: they go on where they were.

use std::time::Duration;

use tokio::time::timeout;

use super::support::{Folder, Stage, nowhere};
use crate::support::on_one_thread;
use throng::script::CallEnd;

/// The hook looks every 2,000 instructions. Each round is some instructions longer than that and lasts longer than a turn,
/// so that in the end every instruction around a wait has been the one where it looked.
const ROUNDS: &str = "local a, b = ('x'):rep(1 << 22), ('x'):rep((1 << 22) - 1) .. 'x'
think(0)
for round = 1, 1100 do
  for _ = 1, 8 do local _ = a == b end
  for _ = 1, 1940 do end
  think(0)
end
say 'through'";

#[test]
fn an_interruption_beside_a_wait_loses_no_wake_up() {
    for body in [
        ROUNDS.to_owned(),
        format!("parallel {{ function() {ROUNDS} end, function() think(0) end }}"),
    ] {
        on_one_thread(async {
            let stage = Stage::new(&Folder::step(&body), nowhere());
            let user = stage.one();
            let end = timeout(Duration::from_secs(60), user.step(0)).await;
            let end = end.unwrap_or_else(|_| panic!("it never goes on: {body}"));
            assert!(matches!(end, CallEnd::Done), "{end:?}");
            assert_eq!(stage.said(), ["through"]);
        });
    }
}

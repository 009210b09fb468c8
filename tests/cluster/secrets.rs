//! The secrets of a run are in no log of its workers.

use super::{run, worker};
use crate::support::nats::Nats;
use crate::support::scripts::Folder;
use crate::support::target::Target;

#[test]
fn what_a_script_logs_on_a_worker_is_masked_there() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of(
        "talker",
        "return { requests = 1, step = function() \
         log.warn('the password is ' .. vars.password .. ', the city ' .. vars.city) http.get('/page') end }",
    );
    let words = ["--once", "--threads", "1"];
    let worker = worker(&nats, "quiet", &words).start();
    let words = [
        "--users",
        "1",
        "--ramp",
        "0",
        "-e",
        "password=correct-horse-battery",
        "-e",
        "city=Coimbra",
    ];
    let ended = run(&nats, 1, &target.url(), &scripts.path(), &words).end();
    ended.with_code(0);
    let ended = worker.end().with_code(0);
    ended.said("the password is ***, the city Coimbra");
    assert!(
        !ended.stderr.contains("correct-horse-battery"),
        "{}",
        ended.stderr
    );
}

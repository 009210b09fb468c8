//! Whether the generator kept up is a matter of the machines that send requests.

use super::{all_end, run, workers};
use crate::support::nats::Nats;
use crate::support::scripts::Folder;
use crate::support::target::Target;

/// Computes between its requests, as much as it gets of a core.
const SCRIPT: &str = "
    return { requests = 100000, think = 0, steps = { { 1, function()
      local sum = 0
      for i = 1, 20000 do sum = sum + i % 7 end
      http.get('/page')
    end } } }";

#[test]
fn what_workers_use_of_their_machines_is_what_the_run_says_of_its_generator() {
    let (nats, target) = (Nats::start(), Target::fine());
    let scripts = Folder::of("busy", SCRIPT);
    let workers = workers(&nats, 2, 1);
    let words = ["--users", "2", "--ramp", "0", "--duration", "4"];
    let ended = run(&nats, 2, &target.url(), &scripts.path(), &words);
    let summary = ended.with_summary().end().with_code(0).summary();
    all_end(workers);
    let all = summary["cluster"]["workers"].as_array().unwrap();
    let busiest = all
        .iter()
        .map(|worker| {
            assert!(worker["cpu"].as_f64() > Some(0.0), "{worker}");
            worker["busiest_thread"].as_f64().unwrap()
        })
        .fold(0.0, f64::max);
    let generator = &summary["generator"];
    // A coordinator alone, with two users elsewhere, uses a hundredth of a core or two; they get what other tests leave.
    assert!(busiest > 0.08, "{summary:#}");
    assert!(generator["busiest_thread"].as_f64().unwrap() >= 0.08);
    assert!(generator["cpu_cores"].as_f64() > Some(0.1), "{generator:#}");
    if busiest > 0.9 {
        let reasons = generator["reasons"].as_array().unwrap();
        let mut reasons = reasons.iter().map(|one| &one["reason"]);
        assert!(reasons.any(|one| one == "thread_cpu"), "{generator:#}");
    }
}

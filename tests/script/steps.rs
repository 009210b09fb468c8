//! What is measured of a step.

use throng::metrics::{Batch, StepTotals};

use super::support::{Folder, Stage, Target, nowhere, status};
use crate::support::on_one_thread;

fn step(batch: &Batch) -> &StepTotals {
    batch.totals.steps.values().next().unwrap()
}

#[test]
fn a_step_is_named_by_its_name_or_its_function_or_its_number() {
    let script = "local function look_up() end
local shop = require 'shop'
return { steps = {
  { 1, look_up }, { 1, look_up, name = 'look up' }, { 1, function() end }, look_up, { 1, shop.browse },
} }";
    let names = on_one_thread(async {
        let shop = "local _M = {}\n\nfunction _M.browse()\nend\nreturn _M\n";
        let folder = Folder::one(script).lib("shop.lua", shop);
        let stage = Stage::new(&folder, nowhere());
        stage.vm("one").step_names.clone()
    });
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    assert_eq!(names, ["look_up", "look up", "step 3", "look_up", "browse"]);
}

#[test]
fn a_step_is_timed_without_its_pauses_and_cancelled_when_it_is_dropped() {
    on_one_thread(async {
        let target = Target::start(|_, _| {
            std::thread::sleep(std::time::Duration::from_millis(30));
            Some(status(200))
        })
        .await;
        let stage = Stage::new(
            &Folder::one("return { step = function() think(0.1) http.get('/a') think(0.1) end }"),
            target.address,
        );
        let user = stage.one();
        let _ = user.step(0).await;
        let batch = stage.counted();
        let of = step(&batch);
        assert_eq!(of.results.ok, 1);
        let micros = of.duration.max();
        assert!((30_000..100_000).contains(&micros), "{micros}");

        let short = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(short, user.step(0)).await.is_err());
        let batch = stage.counted();
        let of = step(&batch);
        assert_eq!((of.results.cancelled, of.duration.count()), (1, 0));
    });
}

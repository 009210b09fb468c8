//! What is measured of a step.

use std::time::{Duration, Instant};

use throng::metrics::{Batch, StepTotals};
use tokio::time::timeout;

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
            std::thread::sleep(Duration::from_millis(30));
            Some(status(200))
        })
        .await;
        let stage = Stage::new(
            &Folder::one(
                "local function buy() think(0.1) http.get('/a') think(0.1) end
                return { steps = { buy } }",
            ),
            target.address,
        );
        let user = stage.one();
        let began = Instant::now();
        let _ = user.step(0).await;
        let whole = began.elapsed();
        let batch = stage.counted();
        let of = step(&batch);
        assert_eq!(of.results.ok, 1);
        let micros = Duration::from_micros(of.duration.max());
        assert!(micros >= Duration::from_millis(30), "{micros:?}");
        let thinking = whole.saturating_sub(micros);
        assert!(
            thinking >= Duration::from_millis(195),
            "{micros:?} of {whole:?}"
        );

        {
            let session = &user.context.user.requester.session;
            let mut dropped = std::pin::pin!(user.step(0));
            assert!(timeout(Duration::ZERO, dropped.as_mut()).await.is_err());
            assert!(session.is_in_step.get());
            assert_eq!(session.step.borrow().as_deref(), Some("buy"));
        }
        let batch = stage.counted();
        let of = step(&batch);
        assert_eq!((of.results.cancelled, of.duration.count()), (1, 0));
        // What comes now, such as on_stop, is of no step.
        let session = &user.context.user.requester.session;
        assert!(!session.is_in_step.get() && session.step.borrow().is_none());
    });
}

#[test]
fn a_wait_for_a_connection_is_part_of_no_step() {
    on_one_thread(async {
        let target = Target::start(|_, _| {
            std::thread::sleep(Duration::from_millis(30));
            Some(status(200))
        })
        .await;
        let script = Folder::one("return { step = function() http.get('/a') end }");
        let stage = Stage::new(&script, target.address);
        let limit = stage.shard.requests.transport.connection_limit();
        limit.set_limit(1);
        let vm = stage.vm("one");
        let (one, other) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let began = Instant::now();
        tokio::join!(one.step(0), other.step(0));
        let whole = began.elapsed();
        let batch = stage.counted();
        let of = step(&batch);
        assert_eq!(of.results.ok, 2);
        // One after the other they take the whole time; a wait of the second for the first would be half as much again.
        let both = Duration::from_micros(of.duration.sum());
        assert!(both < whole.mul_f64(1.25), "{both:?} of {whole:?}");
    });
}

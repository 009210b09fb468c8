//! One seed, one run: what a user asks for depends on the seed and its number only.

use std::collections::BTreeMap;
use std::sync::Arc;

use throng::engine::{Ended, Orchestrator, RunConfig};
use throng::http::Settings;
use throng::metrics::Snapshot;
use throng::plan::{Plan, RequestLimits};
use throng::script;

use super::support::{Folder, Target, script_config};

/// Runs a small crowd to its end.
async fn run(folder: &Folder, target: &Target, plan: Plan) -> Arc<Snapshot> {
    let base = format!("http://{}/", target.address);
    let plan = Plan {
        base_url: base.parse().unwrap(),
        ramp: Some(std::time::Duration::ZERO),
        think_factor: 0.0,
        ..plan
    };
    let bundle = folder.bundle();
    let mut script_config = script_config();
    script_config.run.seed = plan.seed;
    script_config.shards = plan.shards;
    let specs = script::check(&bundle, &script_config).unwrap();
    let config = RunConfig::new(
        Arc::new(plan),
        bundle,
        specs,
        Settings::default().load().unwrap(),
        script_config,
        super::support::ledger(),
    );
    let (orchestrator, _snapshots, _commands) = Orchestrator::new(config, "test");
    let ended: Ended = tokio::task::spawn_blocking(move || orchestrator.run().unwrap())
        .await
        .unwrap();
    ended.snapshot
}

/// What each user asked for, in its order.
fn by_user(target: &Target) -> BTreeMap<String, Vec<String>> {
    let mut users = BTreeMap::<String, Vec<String>>::new();
    for seen in target.seen() {
        let user = seen.header("x-user").join("");
        users.entry(user).or_default().push(seen.target);
    }
    users
}

#[test]
fn the_same_seed_gives_each_user_the_same_requests_on_any_number_of_shards() {
    let folder = Folder::one(
        "local function ask(user, word)
  local _, _ = parallel { function() return http.get('/p/' .. random.int(1, 1e9), { headers = { ['X-User'] = user.id .. 'p' } }) end, function() return math.random(5) end }
  http.get('/' .. word .. '/' .. random.weighted { a = 1, b = 2, c = 3 } .. random.int(1, 1e9), { headers = { ['X-User'] = user.id } })
end
return { requests = { 3, 12 }, steps = { { 3, function(user) ask(user, 'often') end }, { 1, function(user) ask(user, 'seldom') end } } }",
    );
    let asked = |seed: u64, shards: usize| {
        let folder = &folder;
        crate::support::on_one_thread(async move {
            let target = Target::echo().await;
            let plan = Plan {
                users: 6,
                seed,
                shards,
                requests: RequestLimits::default(),
                ..Plan::default()
            };
            run(folder, &target, plan).await;
            by_user(&target)
        })
    };
    let one = asked(7, 1);
    assert_eq!(one.len(), 12);
    assert_eq!(one, asked(7, 3));
    assert_ne!(one, asked(8, 1));
}

#[test]
fn errors_of_scripts_are_told_once_with_a_count() {
    let folder = Folder::one(
        "return { requests = 1, step = function() http.get('/') end,\non_stop \
                              = function(user) error('no ' .. (user.id % 2)) end }",
    )
    .script(
        "two.lua",
        "return { requests = 1, on_start = function() return false, 'no account \
                            left' end, step = function() end }",
    );
    crate::support::on_one_thread(async {
        let target = Target::echo().await;
        let snapshot = run(
            &folder,
            &target,
            Plan {
                users: 8,
                shards: 2,
                ..Plan::default()
            },
        )
        .await;
        let mut errors: Vec<_> = snapshot
            .totals
            .script_errors
            .iter()
            .map(|error| (error.place.as_str(), error.message.as_str(), error.count))
            .collect();
        errors.sort_unstable();
        let total: u64 = errors.iter().map(|error| error.2).sum();
        assert_eq!(total, 4, "{errors:?}");
        assert!(
            errors.len() <= 2
                && errors
                    .iter()
                    .all(|error| error.0 == "scripts/one.lua:2" && error.1.starts_with("no ")),
            "{errors:?}"
        );
        assert_eq!(snapshot.totals.failed_sessions["no account left"], 4);
        assert_eq!(
            snapshot.totals.failed_sessions["script error at scripts/one.lua:2"],
            4
        );
    });
}

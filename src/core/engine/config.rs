//! The configuration of a run, as every shard gets it: plain data, shared.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::incidents::{Day, Incidents};
use super::release::settings_file::SettingsFile;
use super::roster::{CROWD, Roster};
use super::step_prompt::StepPrompt;
use crate::clock::Clock;
use crate::http::{Departures, LoadedSettings, Origin, Responder};
use crate::ledger::{Ledger, LedgerHandle};
use crate::metrics::{Capture, RecordSink, TypeId};
use crate::pace::Profile;
use crate::plan::crowd::ShardMap;
use crate::plan::span::{DAY, show_span};
use crate::plan::{
    Change, Label, LiveSettings, Plan, TypeLevels, WeightedType, crowd, without_users,
};
use crate::script::{Bundle, Mock, ScriptConfig, TypeSpec};
use crate::text::did_you_mean;
use crate::view::format;

/// The run as all shards see it.
#[derive(Clone)]
pub struct RunConfig {
    /// What will run.
    pub plan: Arc<Plan>,
    /// The scripts that the run begins with.
    pub bundle: Arc<Bundle>,
    /// The types that take part from the beginning, in the order of their ids.
    pub specs: Arc<[TypeSpec]>,
    /// How requests are sent.
    pub http: LoadedSettings,
    /// What the scripts may know of the run; shard numbers are filled in by each shard.
    pub script_config: ScriptConfig,
    /// Where it is written down what the run creates.
    pub ledger: Ledger,
    /// What the requests of shards pass right before they leave, by the number of the shard.
    pub departures: BTreeMap<usize, Arc<dyn Departures>>,
    /// What answers in place of the network; then the whole run is in one thread.
    pub mock: Option<Mock>,
    /// Where what is kept of single requests goes.
    pub(crate) records: Option<RecordSink>,
    /// Where the one user stops before its steps, if it does.
    pub(crate) step_prompt: Option<StepPrompt>,
    /// Whether the last sessions of some users are kept.
    pub(crate) keeps_sessions: bool,
    /// What `throng.toml` said at the beginning.
    pub(crate) settings_file: SettingsFile,
}

impl RunConfig {
    /// The run of this plan with these scripts.
    pub fn new(
        plan: Arc<Plan>,
        bundle: Arc<Bundle>,
        specs: Vec<TypeSpec>,
        http: LoadedSettings,
        script_config: ScriptConfig,
        ledger: Ledger,
    ) -> Self {
        Self {
            settings_file: SettingsFile::new(&plan, Change::default(), LiveSettings::of(&plan)),
            plan,
            bundle,
            specs: specs.into(),
            http,
            script_config,
            ledger,
            departures: BTreeMap::new(),
            mock: None,
            records: None,
            step_prompt: None,
            keeps_sessions: false,
        }
    }

    /// The same run, of whose single requests this is kept and goes there.
    #[must_use]
    pub fn with_records(mut self, capture: Capture, records: Option<RecordSink>) -> Self {
        self.script_config.run.capture = capture;
        self.records = records;
        self
    }

    /// The same run, whose requests this answers: no byte leaves the process.
    #[must_use]
    pub fn with_mock(mut self, mock: Option<Mock>) -> Self {
        self.mock = mock;
        self
    }

    /// The mock at work, for the one thread of such a run.
    ///
    /// # Errors
    /// Its faults, and a base URL that is none, in words.
    pub(crate) fn responder(&self) -> Result<Option<Rc<dyn Responder>>, String> {
        let Some(mock) = &self.mock else {
            return Ok(None);
        };
        let home = Rc::new(self.origin()?);
        let opened = mock.open(&self.bundle, &self.script_config, home);
        opened.map(Some).map_err(|faults| {
            let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
            words.join("\n")
        })
    }

    /// What is said of where the requests go.
    pub fn target(&self) -> String {
        match &self.mock {
            Some(mock) => format!(
                "{} (answered by {}, no network)",
                self.plan.base_url,
                mock.name()
            ),
            None => self.plan.base_url.to_string(),
        }
    }

    /// The same run, whose one user stops before its steps.
    #[must_use]
    pub fn with_step_prompt(mut self, prompt: Option<StepPrompt>) -> Self {
        self.step_prompt = prompt;
        self
    }

    /// The same run, which keeps the last sessions of some users where somebody can ask for them.
    #[must_use]
    pub fn with_last_sessions(mut self, are_kept: bool) -> Self {
        self.keeps_sessions = are_kept;
        self
    }

    /// The same run whose plan is partly that of a file that says `said`; without the file it would have the settings `base`.
    #[must_use]
    pub fn with_settings(mut self, said: Change, base: LiveSettings) -> Self {
        self.settings_file = SettingsFile::new(&self.plan, said, base);
        self
    }

    /// What `setup` returned: users know it.
    pub(crate) fn set_crowd(&mut self, crowd: Option<Arc<serde_json::Value>>) {
        self.script_config.crowd = crowd;
    }

    /// The users that the run is said to have: at most, where types have shapes of their own.
    pub fn users(&self) -> u64 {
        if self.plan.is_open() || self.plan.shape.types.is_empty() {
            return u64::from(self.plan.users);
        }
        let counts = Self::counts(&self.plan, &self.specs);
        counts.into_iter().map(u64::from).sum()
    }

    /// Users of each type at the beginning, or at most where they change.
    pub fn counts(plan: &Plan, specs: &[TypeSpec]) -> Vec<u32> {
        let types = weighted(plan, specs);
        let weights = types.iter().map(|of| of.map_or(0.0, |(_, weight)| weight));
        let weights: Vec<f64> = weights.collect();
        match Self::users_over_time(plan, specs) {
            Some(levels) => levels.counts(&weights),
            None => crowd::apportion(&weights, plan.most_users()),
        }
    }

    /// The users of the types over the run's time; none where they are the same after the ramp, and where sessions arrive.
    pub fn users_over_time(plan: &Plan, specs: &[TypeSpec]) -> Option<TypeLevels> {
        let levels = plan.users_over_time()?;
        Some(levels.of_types(&weighted(plan, specs), 1.0))
    }

    /// Arrivals a second over the run's time; none where users stay.
    pub fn arrivals_over_time(plan: &Plan, specs: &[TypeSpec]) -> Option<TypeLevels> {
        let levels = plan.arrivals_over_time()?;
        Some(levels.of_types(&weighted(plan, specs), 1.0))
    }

    /// Which types nobody plays at the beginning though they have a weight, in words.
    pub fn without_users(plan: &Plan, specs: &[TypeSpec]) -> Option<String> {
        let counts = Self::counts(plan, specs);
        let (types, levels) = (weighted(plan, specs), plan.users_over_time());
        without_users(&types, &counts, levels.as_ref(), plan.most_users())
    }

    /// Where the sessions that arrive may need more users than there may be, in words: Little's law (J. D. C. Little, "A Proof
    /// for the Queuing Formula L = lambda W", Operations Research, 1961) with the greatest rate and the think times of the
    /// expected steps alone.
    pub fn too_few_places(plan: &Plan, specs: &[TypeSpec]) -> Option<String> {
        let open = plan.open()?;
        let levels = Self::arrivals_over_time(plan, specs)?;
        let lasts = |spec: &TypeSpec| {
            let requests = plan.requests.clamp(spec.requests);
            spec.chain.expected_session(requests).steps() * spec.mean_think * plan.think_factor
        };
        let types = (0u16..).zip(specs.iter().zip(weighted(plan, specs)));
        let types = types.map(|(kind, (spec, of))| {
            let weight = of.map_or(0.0, |(_, weight)| weight.max(0.0));
            (levels.own.get(&kind), spec, weight)
        });
        let common = types.clone().filter(|(own, ..)| own.is_none());
        let total: f64 = common.map(|(.., weight)| weight).sum();
        let needed: f64 = types
            .map(|(own, spec, weight)| {
                let share = weight / total.max(f64::MIN_POSITIVE);
                let shared = || levels.common.greatest() * share;
                lasts(spec) * own.map_or_else(shared, Profile::greatest)
            })
            .sum();
        let rate = levels.greatest();
        let seconds = needed / rate.max(f64::MIN_POSITIVE);
        if needed <= f64::from(open.max_users) {
            return too_few_places_of_threads(open.max_users, plan.shards, needed);
        }
        Some(format!(
            "--max-users {}: at up to {}/s, and with {} of think time a session, about {} users \
             would be active at once, so arrivals may be dropped; raise --max-users, or lower \
             --arrivals",
            open.max_users,
            format::rate(rate),
            format::time(seconds),
            format::count(needed.ceil() as u64)
        ))
    }

    /// The incidents of the run at its beginning.
    pub(super) fn incidents(&self) -> Incidents {
        let plan = &self.plan;
        let day = match plan.shape.curves().next() {
            Some(curve) => Day::new(curve.day_length(), curve.offsets()),
            None => Day::real(time_of_day(self.script_config.run.clock)),
        };
        Incidents::new(&plan.incidents, plan.seed, day)
    }

    /// What incidents of the plan will not do, in words: hold a step that no type has, and begin within the run.
    pub fn idle_incidents(&self) -> Vec<String> {
        let names = self.specs.iter().flat_map(|spec| &spec.step_names);
        let names: Vec<&str> = names.map(String::as_str).collect();
        let mut notes = Vec::new();
        for incident in &self.plan.incidents {
            if let Some(step) = &incident.overlay.step
                && !names.contains(&step.as_str())
            {
                let meant = did_you_mean(step, names.iter().copied());
                notes.push(format!(
                    "incident {}: no type has a step named {step}{meant}",
                    incident.name
                ));
            }
        }
        let Some(end) = self.plan.end() else {
            return notes;
        };
        for state in self.incidents().states() {
            if let Some(next) = state.next.filter(|next| *next >= end) {
                notes.push(format!(
                    "incident {}: begins first after {}, when the run of {} is over; let it begin \
                     earlier, or give a longer run",
                    state.name,
                    show_span(Duration::from_secs(next.as_secs())),
                    show_span(end)
                ));
            }
        }
        notes
    }

    /// Rules about types that the run has not, in words.
    pub fn idle_rules(&self) -> Vec<String> {
        let names: Vec<&str> = self.specs.iter().map(|spec| spec.name.as_str()).collect();
        let rules = self.plan.thresholds.iter().chain(&self.plan.valve);
        let unknown = rules.filter_map(|rule| {
            let kind = rule.selector.get(Label::Type)?;
            let meant = did_you_mean(kind, names.iter().copied());
            (!names.contains(&kind)).then(|| format!("rule {rule}: there is no type {kind}{meant}"))
        });
        unknown.collect()
    }

    /// Where paths without a host go.
    pub fn origin(&self) -> Result<Origin, String> {
        Origin::of(&self.plan.base_url).map_err(|why| why.to_string())
    }

    /// How requests of a shard are sent.
    pub(crate) fn shard_http(&self, shard: usize) -> LoadedSettings {
        let departures = self.departures.get(&shard).cloned();
        self.http.clone().with_departures(departures)
    }

    /// The ledger handle of a shard.
    pub(crate) fn shard_ledger(&self, shard: usize) -> LedgerHandle {
        // The first is the crowd's own: what setup made is deleted last.
        let number = u16::try_from(shard + 1).unwrap_or(u16::MAX);
        self.ledger_handle(number)
    }

    /// The ledger handle of what belongs to no shard.
    pub(crate) fn own_ledger(&self) -> LedgerHandle {
        self.ledger_handle(0)
    }

    fn ledger_handle(&self, number: u16) -> LedgerHandle {
        let cleanup = self.plan.cleanup.as_ref();
        let sessions = cleanup.is_some_and(|cleanup| cleanup.interval.is_some());
        self.ledger.handle(number, sessions)
    }

    /// Names of the types, and of the crowd's own requests (`_crowd.lua`, clean-up) after them.
    pub fn names(&self) -> Vec<String> {
        self.specs
            .iter()
            .map(|spec| spec.name.clone())
            .chain([CROWD.to_owned()])
            .collect()
    }

    /// The type under which requests of the crowd itself are counted.
    pub fn crowd_type(&self) -> TypeId {
        TypeId(u16::try_from(self.specs.len()).unwrap_or(u16::MAX))
    }
}

/// Where sessions that need `needed` users on average may find no place in their thread, though there would be one if all
/// threads shared theirs, in words. Users are taken as Poisson-distributed, up to two standard deviations above their mean.
fn too_few_places_of_threads(max_users: u32, threads: usize, needed: f64) -> Option<String> {
    let at_times = |mean: f64| (mean + 2.0 * mean.sqrt()).ceil().max(1.0);
    let places = f64::from(max_users) / threads as f64;
    let needed_of_one = at_times(needed / threads as f64);
    let would_do = f64::from(max_users) >= at_times(needed);
    (threads > 1 && would_do && places.floor() < needed_of_one).then(|| {
        format!(
            "--max-users {max_users} on {threads} threads: each thread has a share of its own of \
             it, {places:.0}, and may need {needed_of_one} at times, so arrivals may be dropped \
             while other threads have room; give fewer --threads, or raise --max-users",
            places = places.floor()
        )
    })
}

/// The time of day, in UTC, since midnight.
fn time_of_day(clock: Clock) -> Duration {
    let since = clock.time_of_day().duration_since(UNIX_EPOCH);
    Duration::from_secs(since.unwrap_or_default().as_secs() % DAY.as_secs())
}

/// The types with the weights of the plan or of their scripts.
fn weighted<'a>(plan: &Plan, specs: &'a [TypeSpec]) -> Vec<WeightedType<'a>> {
    let types = specs.iter().map(|spec| {
        let weight = plan.weights.get(&spec.name).unwrap_or(&spec.weight);
        Some((spec.name.as_str(), *weight))
    });
    types.collect()
}

/// Users that belong to a shard, by number, with their types.
pub fn users_of<'a>(
    roster: &'a Roster,
    shard: usize,
    map: &'a ShardMap,
) -> impl Iterator<Item = (u32, TypeId)> + 'a {
    (0u32..)
        .zip(roster.users.iter())
        .filter(move |(number, _)| map.of(*number) == shard)
        .map(|(number, kind)| (number, TypeId(*kind)))
}

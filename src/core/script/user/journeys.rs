//! Journeys of a user: what spans requests, pauses and steps, and stays with the user over reloads of its script.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::JourneyEnd;
use crate::request::Requester;
use crate::text::did_you_mean;

/// Journeys that a user may be on at once.
const MOST: usize = 100;

/// Where a user is, for journeys that end there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whereabouts {
    /// Before its first step.
    #[default]
    Start,
    /// Nobody of the crowd: in the setup of the run.
    Setup,
    /// In its teardown.
    Teardown,
    /// In a step, or in the pause after it.
    Step(Rc<str>),
}

impl Whereabouts {
    fn name(&self) -> &str {
        match self {
            Self::Start => "on_start",
            Self::Setup => "setup",
            Self::Teardown => "teardown",
            Self::Step(name) => name,
        }
    }
}

/// Why a journey ended that was not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// By an error of the script.
    Error,
    /// With its session.
    Lost,
    /// By a stop or a reload.
    Cancelled,
}

/// The journeys of a user.
#[derive(Default)]
pub struct Journeys {
    open: Vec<Journey>,
    /// Those whose function was ended without an error, and when: the end of the step says why.
    dropped: Vec<(Journey, Instant)>,
    /// Where the user is.
    pub place: Whereabouts,
}

/// A journey under way.
struct Journey {
    name: Rc<str>,
    /// Whether it spans a function, with which it ends.
    of_function: bool,
    began: Instant,
    /// All pauses of the run before it.
    paused: Duration,
    /// Failures of its user before it.
    failures: u64,
    /// Requests of its session before it.
    requests: u32,
    /// Where it began.
    place: Whereabouts,
}

impl Journeys {
    /// Begins one.
    ///
    /// # Errors
    /// Says why there cannot be another one of this name.
    pub fn begin(
        &mut self,
        user: &Requester,
        name: &str,
        of_function: bool,
    ) -> Result<Rc<str>, String> {
        if let Some(open) = self.open.iter().find(|open| *open.name == *name) {
            return Err(format!(
                "\"{name}\" is under way already, since {}; finish it first, or give this one another name",
                open.place.name()
            ));
        }
        if self.open.len() >= MOST {
            return Err(format!(
                "{MOST} journeys are under way, which is the maximum; finish them with journey.finish"
            ));
        }
        let name: Rc<str> = name.into();
        self.open.push(Journey {
            name: Rc::clone(&name),
            of_function,
            began: Instant::now(),
            paused: user.shared.clock.paused(),
            failures: user.session.failures.get(),
            requests: user.session.requests_made.get(),
            place: self.place.clone(),
        });
        let mut recorder = user.shared.recorder.borrow_mut();
        recorder.journey_begun(user.kind.get(), &name);
        Ok(name)
    }

    /// Finishes one that was begun with `journey.begin`.
    ///
    /// # Errors
    /// Says that there is none of this name.
    pub fn finish(&mut self, user: &Requester, name: &str) -> Result<(), String> {
        match self.open.iter().position(|open| *open.name == *name) {
            Some(at) if self.open[at].of_function => Err(format!(
                "\"{name}\" ends with the function that journey(\"{name}\", ...) was given"
            )),
            Some(at) => {
                let journey = self.open.remove(at);
                journey.finished(user);
                Ok(())
            }
            None => {
                let names = self.open.iter().map(|open| &*open.name);
                Err(format!(
                    "no journey \"{name}\" is under way; begin it with journey.begin{}",
                    did_you_mean(name, names)
                ))
            }
        }
    }

    /// The function of a journey returned.
    pub fn returned(&mut self, user: &Requester, name: &str) {
        if let Some(journey) = self.take(name) {
            journey.finished(user);
        }
    }

    /// The function of a journey ended before it returned: by an error, or since its step was ended.
    pub fn left(&mut self, user: &Requester, name: &str, by_error: bool) {
        let Some(journey) = self.take(name) else {
            return;
        };
        if by_error {
            journey.unfinished(user, Unfinished::Error, &self.place, Instant::now());
        } else {
            self.dropped.push((journey, Instant::now()));
        }
    }

    /// A call of the script is over, or was taken away: journeys that span a function of it are over, too. Those that were
    /// dropped with it end by one reason, those that a coroutine of the script still holds by the other.
    pub fn end_call(&mut self, user: &Requester, dropped: Unfinished, held: Unfinished) {
        for (journey, at) in self.dropped.drain(..) {
            journey.unfinished(user, dropped, &self.place, at);
        }
        let of_function = |open: &mut Journey| open.of_function;
        for journey in self.open.extract_if(.., of_function) {
            journey.unfinished(user, held, &self.place, Instant::now());
        }
    }

    /// Its session is over, or begins again.
    pub fn end_session(&mut self, user: &Requester, why: Unfinished) {
        for (journey, at) in self.dropped.drain(..) {
            journey.unfinished(user, why, &self.place, at);
        }
        for journey in self.open.drain(..) {
            journey.unfinished(user, why, &self.place, Instant::now());
        }
        self.place = Whereabouts::Start;
    }

    fn take(&mut self, name: &str) -> Option<Journey> {
        let found = |open: &Journey| open.of_function && *open.name == *name;
        let at = self.open.iter().position(found)?;
        Some(self.open.remove(at))
    }
}

impl Journey {
    fn finished(self, user: &Requester) {
        let failed = user.session.failures.get() > self.failures;
        let end = JourneyEnd::Finished { failed };
        self.record(user, end, Instant::now());
    }

    fn unfinished(self, user: &Requester, why: Unfinished, place: &Whereabouts, now: Instant) {
        if why == Unfinished::Cancelled {
            return self.record(user, JourneyEnd::Cancelled, now);
        }
        let at = self.last_seen(user, place);
        let at = &*at;
        let end = match why {
            Unfinished::Error => JourneyEnd::Error { at },
            Unfinished::Lost | Unfinished::Cancelled => JourneyEnd::Lost { at },
        };
        self.record(user, end, now);
    }

    /// The step that the user is in; where that is the one in which it began, its last request, which says more.
    fn last_seen(&self, user: &Requester, place: &Whereabouts) -> String {
        let session = &user.session;
        let has_requested = session.requests_made.get() > self.requests;
        if *place == self.place
            && has_requested
            && let Some(series) = session.last_request.get()
        {
            let recorder = user.shared.recorder.borrow();
            if let Some(known) = recorder.known().get(series.index()) {
                return known.operation.to_string();
            }
        }
        place.name().to_owned()
    }

    fn record(&self, user: &Requester, end: JourneyEnd<'_>, now: Instant) {
        let paused = user.shared.clock.paused().saturating_sub(self.paused);
        let duration = now.saturating_duration_since(self.began);
        let mut recorder = user.shared.recorder.borrow_mut();
        recorder.journey_ended(
            user.kind.get(),
            &self.name,
            end,
            duration.saturating_sub(paused),
        );
    }
}

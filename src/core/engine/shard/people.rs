//! What is between two sessions of a user of a closed crowd: it is away for a while, and then the same person is back, or
//! another one takes its place.

use std::rc::Rc;
use std::time::Duration;

use super::session_streams::SessionStreams;
use super::state::ShardState;
use crate::script::{Comebacks, Context, ScriptUser};

/// Nobody is away for longer than a leap year.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3_600);

/// How long someone is away, for a draw from 0 to 1.
pub fn away_span(comebacks: &Comebacks, unit: f64) -> Duration {
    let (from, to) = comebacks.away.unwrap_or_default();
    let span = Duration::try_from_secs_f64(from + (to - from) * unit);
    span.unwrap_or(LONGEST).min(LONGEST)
}

/// Waits while a user is away, for `least` at least; false where nobody of its type goes away. It ends early with the run, with
/// the last session that may begin, and where the user is to be of another type, or has no place any more.
pub async fn stay_away(
    state: &ShardState,
    script_user: &ScriptUser,
    streams: &mut SessionStreams,
    least: Duration,
) -> bool {
    let user = &script_user.context.user;
    let comebacks = state.comebacks_of(user);
    if comebacks.away.is_none() {
        return false;
    }
    let span = away_span(&comebacks, streams.away.float()).max(least);
    let shared = &state.context.requests;
    let (due, before) = (shared.clock.now() + span, shared.clock.paused());
    let (kind, version) = (user.requester.kind.get(), script_user.vm.version);
    let move_out = |delta: i32| {
        let mut recorder = shared.recorder.borrow_mut();
        recorder.users(kind, version, -delta);
        recorder.away(kind, delta);
    };
    move_out(1);
    let mut is_wanted = true;
    while is_wanted {
        tokio::select! {
            biased;
            _ = shared.clock.sleep_until(due, before) => break,
            () = shared.shutdown.wait() => break,
            () = state.sessions.spent() => break,
            () = state.assignment.changed() => is_wanted = state.keeps_type(user),
        }
    }
    move_out(-1);
    true
}

/// Who begins the next session of a user: the person of the one before, or another one.
pub fn next_person(state: &ShardState, script_user: &ScriptUser, streams: &mut SessionStreams) {
    let user = &script_user.context.user;
    let Some(share) = state.comebacks_of(user).returns else {
        return;
    };
    if streams.away.chance(share) {
        return;
    }
    let mut recorder = state.context.requests.recorder.borrow_mut();
    recorder.people(user.requester.kind.get()).lost += 1;
    become_another(&script_user.context, streams);
}

/// Another person takes the place of the user.
pub fn become_another(context: &Rc<Context>, streams: &mut SessionStreams) {
    context.become_another();
    let (seed, person) = (context.user.requester.shared.run.seed, &context.user.person);
    *streams = SessionStreams::of(seed, person.number(), 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_lies_between_its_ends_and_within_a_year() {
        for (away, unit, seconds) in [
            (Some((300.0, 7_200.0)), 0.0, 300),
            (Some((300.0, 7_200.0)), 0.5, 3_750),
            (Some((5.0, 5.0)), 0.9, 5),
            (Some((0.0, f64::MAX)), 0.9, LONGEST.as_secs()),
            (None, 0.5, 0),
        ] {
            let comebacks = Comebacks {
                away,
                ..Comebacks::default()
            };
            let span = away_span(&comebacks, unit);
            assert_eq!(span, Duration::from_secs(seconds), "{away:?} {unit}");
        }
    }
}

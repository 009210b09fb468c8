use std::collections::{BTreeMap, HashMap, HashSet};

use super::chain::Chain;
use super::fit;
use super::records::{Log, Record};
use super::routes::{Route, Routes};
use super::sessions::Session;
use crate::import::behaviour::Requests;
use crate::import::{Action, Behaviour, Body, Name, Request, Step, Value};

/// Most requests that all sessions of a type begin with.
const LONGEST_START: usize = 6;
/// Share of the sessions that begin, or end, with the same request, for it to be their start or their end.
const STARTS: f64 = 0.95;
const ENDS: f64 = 0.05;
/// Share of the sessions that end with the same request, for all to do so.
const ALWAYS: f64 = 0.995;
/// Share of the uses of a request that are the last of a session, for it to be an end.
const ONLY_ENDS: f64 = 0.3;
/// Times between requests from which those after one route are distinguished from the others.
const ENOUGH_TIMES: usize = 100;
/// Quantiles of the lengths of sessions.
const LENGTHS: usize = 41;
/// What a script says of what a log lacks.
const LIMITS: &str = "Requests follow each other as in the log, with its times between them. A log has no bodies, \
                      and not where values come from: look at the comments.";
/// Words of paths at which users log in.
const LOGINS: [&str; 5] = ["login", "signin", "sign-in", "token", "authenticate"];

/// What is said of a type.
pub(super) struct About<'a> {
    pub name: Name,
    pub source: &'a str,
    /// Its share of the sessions.
    pub share: f64,
    /// Share of its requests below which a route is left out.
    pub rare: f64,
}

/// The type of these sessions: a Markov chain of the requests between those that all begin with and those that end them.
pub(super) fn behaviour(
    log: &Log,
    routes: &Routes,
    sessions: &[Session],
    members: &[usize],
    about: &About<'_>,
) -> Behaviour {
    let sessions: Vec<&Session> = members.iter().map(|place| &sessions[*place]).collect();
    let route_of = |place: &u32| routes.of_record[*place as usize];
    let start = start(&sessions, route_of);
    let ends = ends(&sessions, route_of, start.len());
    let bodies: Vec<&[u32]> = sessions
        .iter()
        .map(|session| body(session, route_of, &start, &ends))
        .collect();
    let chain = Chain::of(&bodies, route_of, about.rare);
    let names = names(routes, &chain);
    let mut behaviour = Behaviour::new(about.name.clone());
    behaviour.weight = (about.share * 1000.0).round().max(1.0) / 10.0;
    let lengths: Vec<(u32, bool)> = sessions
        .iter()
        .zip(&bodies)
        .map(|(session, body)| ((start.len() + body.len()) as u32, session.is_cut))
        .filter(|(length, _)| *length > 0)
        .collect();
    behaviour.requests = Requests::Quantiles(fit::lengths(&lengths, LENGTHS));
    behaviour.about = vec![
        format!(
            "{}: {:.1} % of the sessions in {}: {} of them.",
            about.name,
            100.0 * about.share,
            about.source,
            sessions.len()
        ),
        LIMITS.to_owned(),
    ];
    let gaps = Gaps::of(log, &sessions, route_of);
    behaviour.think = fit::pause(&mut gaps.all.clone());
    let after = |route: u32| match gaps.after.get(&route) {
        Some(times) if times.len() >= ENOUGH_TIMES => Some(fit::pause(&mut times.clone())),
        _ => None,
    };
    for (place, route) in start.iter().enumerate() {
        behaviour.start.push(send(&routes.routes[*route as usize]));
        let pause = after(*route).unwrap_or_else(|| behaviour.think.clone());
        match place + 1 < start.len() {
            true => behaviour.start.push(Action::Pause(pause)),
            false => behaviour.start_pause = Some(pause),
        }
    }
    for (place, route) in chain.routes.iter().enumerate() {
        let mut step = Step::new(&names[place], vec![send(&routes.routes[*route as usize])]);
        step.weight = chain.first[place];
        step.next = chain.next[place]
            .iter()
            .map(|(other, share)| (names[*other].clone(), *share))
            .collect();
        step.pause = after(*route);
        behaviour.steps.push(step);
    }
    if behaviour.steps.is_empty() {
        // Sessions that are over with what all of them begin with.
        let actions = std::mem::take(&mut behaviour.start);
        behaviour.start_pause = None;
        behaviour.steps.push(Step::new("visit", actions));
    }
    if let [(route, share)] = ends.as_slice()
        && *share >= ALWAYS
    {
        behaviour.stop = vec![send(&routes.routes[*route as usize])];
    } else if !ends.is_empty() {
        let mut ways: Vec<(f64, Vec<Action>)> = ends
            .iter()
            .map(|(route, share)| (*share, vec![send(&routes.routes[*route as usize])]))
            .collect();
        let rest = 1.0 - ways.iter().map(|(share, _)| share).sum::<f64>();
        if rest > 0.001 {
            ways.push(((rest * 1000.0).round() / 1000.0, Vec::new()));
        }
        behaviour.stop = vec![Action::OneOf(ways)];
    }
    behaviour
}

/// The requests that nearly all sessions begin with, in this order.
fn start(sessions: &[&Session], route_of: impl Fn(&u32) -> u32) -> Vec<u32> {
    let mut start = Vec::new();
    while start.len() < LONGEST_START {
        let at = start.len();
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        // Sessions that the log's end cut off say nothing.
        let whole = sessions
            .iter()
            .filter(|session| session.records.len() > at || !session.is_cut);
        let mut total = 0;
        for session in whole {
            total += 1;
            if let Some(place) = session.records.get(at) {
                *counts.entry(route_of(place)).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        match most {
            Some((route, count)) if count as f64 >= STARTS * f64::from(total.max(1)) => {
                start.push(route);
            }
            _ => break,
        }
    }
    start
}

/// The requests that often end sessions and seldom stand elsewhere, and the share of the sessions that end so.
fn ends(sessions: &[&Session], route_of: impl Fn(&u32) -> u32, start: usize) -> Vec<(u32, f64)> {
    let mut uses: HashMap<u32, usize> = HashMap::new();
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    let mut whole = 0;
    for session in sessions {
        for place in &session.records {
            *uses.entry(route_of(place)).or_default() += 1;
        }
        if !session.is_cut && session.records.len() > start {
            whole += 1;
            if let Some(place) = session.records.last() {
                *last.entry(route_of(place)).or_default() += 1;
            }
        }
    }
    let share = |count: usize| count as f64 / f64::from(whole.max(1));
    last.into_iter()
        .filter(|(route, count)| {
            let uses = uses.get(route).copied().unwrap_or(0);
            share(*count) >= ENDS && *count as f64 >= ONLY_ENDS * uses as f64
        })
        .map(|(route, count)| (route, (share(count) * 1000.0).round() / 1000.0))
        .collect()
}

/// What of a session is between its start and its end.
fn body<'a>(
    session: &'a Session,
    route_of: impl Fn(&u32) -> u32,
    start: &[u32],
    ends: &[(u32, f64)],
) -> &'a [u32] {
    let all = session.records.as_slice();
    let begun = all
        .iter()
        .zip(start)
        .take_while(|(place, route)| route_of(place) == **route)
        .count();
    let rest = &all[begun..];
    match rest.split_last() {
        Some((last, before)) if ends.iter().any(|(route, _)| *route == route_of(last)) => before,
        _ => rest,
    }
}

/// Times from an answer to the next request.
struct Gaps {
    all: Vec<f64>,
    /// By the route before.
    after: HashMap<u32, Vec<f64>>,
}

impl Gaps {
    fn of(log: &Log, sessions: &[&Session], route_of: impl Fn(&u32) -> u32) -> Self {
        let ended = |record: &Record| record.start + f64::from(record.duration);
        let mut gaps = Self {
            all: Vec::new(),
            after: HashMap::new(),
        };
        for session in sessions {
            for pair in session.records.windows(2) {
                let (before, next) = (
                    &log.records[pair[0] as usize],
                    &log.records[pair[1] as usize],
                );
                let gap = (next.start - ended(before)).max(0.0);
                gaps.all.push(gap);
                gaps.after.entry(route_of(&pair[0])).or_default().push(gap);
            }
        }
        gaps
    }
}

fn names(routes: &Routes, chain: &Chain) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    let name = |route: &u32| {
        let route = &routes.routes[*route as usize];
        let wanted: String = format!("{} {}", route.method, route.path)
            .chars()
            .take(80)
            .collect();
        let mut name = wanted.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted} ({number})");
            number += 1;
        }
        name
    };
    chain.routes.iter().map(name).collect()
}

fn send(route: &Route) -> Action {
    let mut request = Request::new(&route.method, &route.path);
    let drawn = |values: &[String]| match values {
        [one] => Value::text(one),
        several => {
            let values = several.iter().map(Value::text).collect();
            Value::Call("random.pick", vec![Value::List(values)])
        }
    };
    for (name, values) in &route.params {
        let value = match values.is_empty() {
            true => Value::Call("random.int", vec![Value::Integer(1), Value::Integer(1000)]),
            false => drawn(values),
        };
        request.params.push((name.clone(), value));
    }
    if !route.params.is_empty() {
        let words = "Values of the log: where a response before has them, take them from there.";
        request.comments.push(words.to_owned());
    }
    for (name, share, values) in &route.query {
        let value = if values.is_empty() {
            Value::text("")
        } else {
            drawn(values)
        };
        let value = match *share < 0.95 {
            true => Value::Sometimes((share * 100.0).round() / 100.0, Box::new(value)),
            false => value,
        };
        request.query.push((name.clone(), value));
    }
    // `expect` replaces what is fine without it, so it names success too.
    if !route.failures.is_empty() {
        request.fine = true;
        request.expect = route.failures.clone();
        let words = "Statuses from 400 up are those of the log: remove those that were faults.";
        request.comments.push(words.to_owned());
    }
    if matches!(&*route.method, "POST" | "PUT" | "PATCH") {
        let last = route.path.rsplit('/').next().unwrap_or_default();
        match route.method == "POST" && LOGINS.contains(&last) {
            true => {
                let account = ["email", "password"]
                    .map(|field| (field.to_owned(), Value::Var(Name::of(field, "value"), None)));
                request.body = Body::Json(Value::Object(account.into()));
                let words = "A guess: an account, given by -e email=... -e password=...";
                request.comments.push(words.to_owned());
            }
            false => request
                .comments
                .push("The log has no body: add json = { ... }.".to_owned()),
        }
    }
    Action::Request(Box::new(request))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Pause;

    #[test]
    fn a_pause_of_nothing_is_none() {
        assert_eq!(fit::pause(&mut []), Pause::Range(0.0, 0.0));
    }
}

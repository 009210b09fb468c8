use std::collections::{HashMap, HashSet};

use super::kinds;
use super::kinds::Kept;
use crate::import::behaviour::Requests;
use crate::import::exchange::Exchange;
use crate::import::{Action, Auth, Behaviour, Pause, Step, Value, Wanted};

/// A pause between two requests of a page that is longer is a user who thinks, in seconds.
const THINKS: f64 = 1.0;
/// Longest think time that is taken over, in seconds: longer, and who recorded was elsewhere.
const LONGEST_THINK: f64 = 120.0;
/// Share by which think times vary around the recorded one.
const SPREAD: f64 = 0.5;
/// What the script says of its steps.
const ORDER: &str = "Each session makes the steps in the order in which they were recorded; comments say where the \
                     import guessed.";
/// Seconds between pages of a recording without times.
const UNKNOWN: Pause = Pause::Range(1.0, 5.0);

/// What each exchange becomes, none where something else does it, and how users log in.
pub(super) struct Ways {
    pub actions: Vec<Option<Action>>,
    pub auth: Auth,
}

/// What a run with this login needs.
fn needs(auth: &Auth) -> Option<&'static str> {
    match auth {
        Auth::Login(_) => Some("It needs an account: throng run -e email=... -e password=..."),
        Auth::Basic(..) | Auth::Digest(..) => {
            Some("It needs an account: throng run -e email=... -e password=...")
        }
        Auth::Bearer(_) => {
            Some("Where its token came from was not recorded: throng run -e token=...")
        }
        _ => None,
    }
}

/// The browser and its languages, as the first request names them.
fn session_headers(exchanges: &[&Exchange]) -> Vec<(String, Value)> {
    let Some(first) = exchanges.first() else {
        return Vec::new();
    };
    let header = |name: &str| {
        let value = first.header(name).filter(|value| {
            !value.is_empty()
                && value.len() < 1000
                && !value.bytes().any(|byte| byte.is_ascii_control())
        });
        value.map(|value| (name.to_owned(), Value::text(value)))
    };
    ["User-Agent", "Accept-Language"]
        .into_iter()
        .filter_map(header)
        .collect()
}

/// The type whose steps are the pages, one after the other as they were recorded.
pub(super) fn behaviour(
    kept: &Kept<'_>,
    ways: Ways,
    titles: &HashMap<String, String>,
    wanted: &Wanted,
) -> Behaviour {
    let pages = group(&kept.exchanges);
    let mut actions_left = ways.actions.into_iter();
    let mut behaviour = Behaviour::new(wanted.name.clone());
    behaviour.about = vec![
        format!(
            "{}: made from {}, {} requests on {} pages to {}.",
            wanted.name,
            wanted.source,
            kept.exchanges.len(),
            pages.len(),
            kept.base_url
        ),
        ORDER.to_owned(),
    ];
    if let Some(words) = needs(&ways.auth) {
        behaviour.about.push(words.to_owned());
    }
    behaviour.auth = ways.auth;
    behaviour.headers = session_headers(&kept.exchanges);
    let names = step_names(&pages, titles);
    for (place, page) in pages.iter().enumerate() {
        let of_page: Vec<Option<Action>> = actions_left.by_ref().take(page.len()).collect();
        let mut step = Step::new(&names[place], actions(page, of_page));
        step.weight = if place == 0 { 1.0 } else { 0.0 };
        step.next = match names.get(place + 1) {
            Some(next) => vec![(next.clone(), 1.0)],
            None => vec![("leave".to_owned(), 1.0)],
        };
        step.pause = Some(pause(page, pages.get(place + 1)));
        behaviour.steps.push(step);
    }
    // The session ends with its last step: assets and redirects count as requests too.
    let most = u32::try_from(kept.exchanges.len()).unwrap_or(u32::MAX / 100);
    behaviour.requests = Requests::Range(100 * most, 100 * most);
    behaviour
}

/// The requests of each page: by the recording's pages, and a new one with each document that is loaded.
fn group<'a>(exchanges: &[&'a Exchange]) -> Vec<Vec<&'a Exchange>> {
    let mut pages: Vec<Vec<&Exchange>> = Vec::new();
    for exchange in exchanges {
        let follows_redirect = pages
            .last()
            .and_then(|page| page.last())
            .is_some_and(|last| {
                (300..400).contains(&last.status) && last.answer_header("location").is_some()
            });
        let is_other = pages
            .last()
            .and_then(|page| page.first())
            .is_none_or(|first| first.page != exchange.page);
        let begins = is_other || (kinds::is_page(exchange) && !follows_redirect);
        match pages.last_mut() {
            Some(page) if !begins => page.push(exchange),
            _ => pages.push(vec![exchange]),
        }
    }
    pages
}

fn step_names(pages: &[Vec<&Exchange>], titles: &HashMap<String, String>) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::from(["leave".to_owned()]);
    let mut names = Vec::new();
    for page in pages {
        let Some(first) = page.first() else { continue };
        let title = first.page.as_ref().and_then(|id| titles.get(id));
        // Chrome's titles are URLs.
        let title = title.filter(|title| !title.contains("://"));
        let wanted: String = match title {
            Some(title) => title.trim().chars().take(40).collect(),
            None => format!("{} {}", first.method, first.url.path())
                .chars()
                .take(60)
                .collect(),
        };
        let mut name = wanted.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted} ({number})");
            number += 1;
        }
        names.push(name);
    }
    names
}

fn actions(page: &[&Exchange], of_page: Vec<Option<Action>>) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut before: Option<&Exchange> = None;
    for (exchange, action) in page.iter().zip(of_page) {
        if let Some(gap) = before.and_then(|before| gap(before, exchange))
            && gap > THINKS
        {
            let gap = gap.min(LONGEST_THINK);
            actions.push(Action::Think(
                rounded(gap * (1.0 - SPREAD)),
                rounded(gap * (1.0 + SPREAD)),
            ));
        }
        before = Some(exchange);
        actions.extend(action);
    }
    actions
}

/// Seconds between the answer of one and the start of the next.
fn gap(before: &Exchange, after: &Exchange) -> Option<f64> {
    Some((after.started? - before.ended()?).max(0.0))
}

/// The time after a page: around the recorded one.
fn pause(page: &[&Exchange], next: Option<&Vec<&Exchange>>) -> Pause {
    let Some(first) = next.and_then(|next| next.first()) else {
        return Pause::Range(0.0, 0.0);
    };
    let ended = page.iter().filter_map(|exchange| exchange.ended());
    let ended = ended.fold(f64::NEG_INFINITY, f64::max);
    match first.started {
        Some(started) if ended.is_finite() => {
            let gap = (started - ended).clamp(0.0, LONGEST_THINK);
            Pause::Range(rounded(gap * (1.0 - SPREAD)), rounded(gap * (1.0 + SPREAD)))
        }
        _ => UNKNOWN,
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

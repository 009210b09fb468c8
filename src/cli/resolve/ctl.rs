use url::Url;

use super::token;
use crate::cli::faults::Faults;
use crate::cli::resolved::{Ctl, Deed};
use crate::cli::typed::Typed;
use crate::cli::words::{CtlWords, Verb};
use crate::plan::{Change, Fault};

/// What can be set.
const KEYS: &str = "users, error_rate, think_factor, weights.TYPE";

pub(in crate::cli) fn ctl(words: CtlWords, typed: &Typed<'_>) -> Result<Ctl, Vec<Fault>> {
    let mut faults = Faults::of(typed);
    let url = words.url.as_deref().and_then(|text| {
        let url = Url::parse(text).ok();
        let url = url.filter(|url| url.scheme() == "http" && url.has_host());
        if url.is_none() {
            faults.push(
                format!("--url {text}"),
                "is not where a run listens",
                "give one such as http://127.0.0.1:9900",
            );
        }
        url
    });
    let token = token::token(words.token.as_deref(), &mut faults);
    let deed = match words.verb {
        Verb::Status => Deed::Status,
        Verb::Generations => Deed::Generations,
        Verb::Reload => Deed::Reload,
        Verb::Rollback { kind } => Deed::Rollback(kind),
        Verb::Promote => Deed::Promote,
        Verb::Set { values } => Deed::Set(change(&values, &mut faults)),
        Verb::Pause => Deed::Pause,
        Verb::Resume => Deed::Resume,
        Verb::Stop => Deed::Stop,
    };
    faults.or(Ctl {
        deed,
        run: words.run,
        url,
        token,
        json: words.json,
    })
}

fn change(values: &[String], faults: &mut Faults<'_>) -> Change {
    let mut change = Change::default();
    for value in values {
        if let Err((cause, remedy)) = set(&mut change, value) {
            faults.push(value, cause, remedy);
        }
    }
    if let Err(found) = change.validate() {
        for fault in found {
            faults.push(fault.thing, fault.cause, fault.remedy);
        }
    }
    change
}

fn set(change: &mut Change, text: &str) -> Result<(), (String, String)> {
    let (key, value) = text.split_once('=').ok_or_else(|| {
        (
            "has no =".to_owned(),
            "give one such as users=300".to_owned(),
        )
    })?;
    let number = || {
        let wrong = || {
            (
                format!("{value:?} is not a number"),
                format!("give one such as {key}=5"),
            )
        };
        value.parse::<f64>().map_err(|_| wrong())
    };
    match key.replace('-', "_").as_str() {
        "users" => {
            let wrong = |_| {
                let cause = format!("{value:?} is not a whole number");
                (cause, "give one from 1, such as users=300".to_owned())
            };
            change.users = Some(value.parse().map_err(wrong)?);
        }
        "error_rate" => change.error_rate = Some(number()?),
        "think_factor" => change.think_factor = Some(number()?),
        _ => match key.strip_prefix("weights.").filter(|name| !name.is_empty()) {
            Some(name) => drop(change.weights.insert(name.to_owned(), number()?)),
            None => {
                let cause = format!("{key:?} is nothing that can be set");
                return Err((cause, format!("there are: {KEYS}")));
            }
        },
    }
    Ok(())
}

//! Whether the people of a type come back after a session, and when.

use mlua::{Table, Value};
use serde::{Deserialize, Serialize};

use super::values::{number, show};
use crate::plan::TypeOverrides;

/// Seconds for which connections of somebody who is away stay open.
const LONGEST_IDLE: f64 = 60.0;

/// What a script says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comebacks {
    /// Seconds between two sessions, from and to; none: the next one begins at once.
    pub away: Option<(f64, f64)>,
    /// The share of sessions that a person begins who was there before, 0 to 1; none: all in a closed crowd, and none in
    /// an open one.
    pub returns: Option<f64>,
    /// Whether a person who comes back has its cookies.
    pub keep_cookies: bool,
}

impl Comebacks {
    /// Reads the keys of a script's table; what is wrong with them goes to `fault`.
    pub fn read(table: &Table, fault: &mut impl FnMut(String)) -> Self {
        let get = |key| table.raw_get::<Value>(key).unwrap_or(Value::Nil);
        Self {
            away: away(&get("away"), fault),
            returns: returns(&get("returns"), fault),
            keep_cookies: keep_cookies(&get("keep_cookies"), fault),
        }
    }

    /// Whether people come back on the connections that they had: where they are away for a minute at most, as browsers keep
    /// idle connections for minutes.
    pub fn keeps_connections(&self) -> bool {
        let (_, longest) = self.away.unwrap_or_default();
        self.returns.is_some_and(|share| share > 0.0) && longest <= LONGEST_IDLE
    }

    /// Takes over what the plan says of the type.
    pub fn replace(&mut self, overrides: &TypeOverrides) {
        self.away = overrides.away.or(self.away);
        self.returns = overrides.returns.or(self.returns);
        self.keep_cookies = overrides.keep_cookies.unwrap_or(self.keep_cookies);
    }

    /// Whether it says anything of people who come back.
    pub fn are_given(&self) -> bool {
        *self != Self::default()
    }
}

fn away(value: &Value, fault: &mut impl FnMut(String)) -> Option<(f64, f64)> {
    let ends = match value {
        Value::Nil => return None,
        Value::Table(pair) if pair.raw_len() == 2 => {
            [1, 2].map(|at| pair.raw_get::<Value>(at).ok().as_ref().and_then(number))
        }
        one => [number(one); 2],
    };
    match ends {
        [Some(from), Some(to)] if 0.0 <= from && from <= to => Some((from, to)),
        _ => {
            fault(format!(
                "away is {}; it takes seconds, or a range such as {{ 300, 7200 }}, the smaller first",
                show(value)
            ));
            None
        }
    }
}

fn returns(value: &Value, fault: &mut impl FnMut(String)) -> Option<f64> {
    if value.is_nil() {
        return None;
    }
    let share = number(value).filter(|share| (0.0..=1.0).contains(share));
    if share.is_none() {
        fault(format!(
            "returns is {}; it takes a share from 0 to 1, such as 0.6",
            show(value)
        ));
    }
    share
}

fn keep_cookies(value: &Value, fault: &mut impl FnMut(String)) -> bool {
    match value {
        Value::Nil => false,
        Value::Boolean(keep) => *keep,
        other => {
            fault(format!(
                "keep_cookies is {}; it takes true or false",
                show(other)
            ));
            false
        }
    }
}

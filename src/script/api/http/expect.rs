//! Which answers a call counts on, and what an answer then is.

use mlua::Value;

use crate::metrics::Outcome;
use crate::script::api::argument;
use crate::script::vm::read_only;

/// The statuses that a call declares with `expect`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Expect {
    /// Nothing declared: any success will do.
    #[default]
    Success,
    /// These ranges, each inclusive.
    Statuses(Vec<(u16, u16)>),
}

impl Expect {
    /// Reads `404`, `"4xx"` or a list of both.
    ///
    /// # Errors
    /// Says which value is no status.
    pub fn from_lua(value: &Value) -> mlua::Result<Self> {
        let mut ranges = Vec::new();
        match value {
            Value::Table(list) => {
                for item in read_only::real(list).sequence_values::<Value>() {
                    ranges.push(range(&item?)?);
                }
                if ranges.is_empty() {
                    return Err(fault("an empty list"));
                }
            }
            one => ranges.push(range(one)?),
        }
        Ok(Self::Statuses(ranges))
    }

    /// What an answer with this status is: a declared refusal is `expected`, anything undeclared `unexpected`.
    pub fn judge(&self, status: u16) -> Outcome {
        match self {
            Self::Success if (200..400).contains(&status) => Outcome::Ok,
            Self::Success => Outcome::Unexpected,
            Self::Statuses(_) if !self.names(status) => Outcome::Unexpected,
            Self::Statuses(_) if status < 400 => Outcome::Ok,
            Self::Statuses(_) => Outcome::Expected,
        }
    }

    /// Whether this very status is declared.
    pub fn names(&self, status: u16) -> bool {
        match self {
            Self::Success => false,
            Self::Statuses(ranges) => ranges
                .iter()
                .any(|(low, high)| (*low..=*high).contains(&status)),
        }
    }
}

fn range(value: &Value) -> mlua::Result<(u16, u16)> {
    match value {
        Value::Integer(status @ 100..=599) => {
            let status = u16::try_from(*status).unwrap_or(0);
            Ok((status, status))
        }
        Value::String(text) => {
            let text = text.to_string_lossy();
            match text.as_bytes() {
                [digit @ b'1'..=b'5', b'x', b'x'] => {
                    let low = u16::from(digit - b'0') * 100;
                    Ok((low, low + 99))
                }
                _ => Err(fault(&format!("\"{text}\""))),
            }
        }
        other => Err(fault(&argument::shown(other))),
    }
}

fn fault(got: &str) -> mlua::Error {
    mlua::Error::runtime(format!(
        "expect: {got} is no status; write a number from 100 to 599, a class such as \"4xx\", or a list of these"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undeclared_refusal_is_unexpected_and_a_declared_one_expected() {
        let not_found = Expect::Statuses(vec![(404, 404)]);
        assert_eq!(Expect::Success.judge(204), Outcome::Ok);
        assert_eq!(Expect::Success.judge(404), Outcome::Unexpected);
        assert_eq!(not_found.judge(404), Outcome::Expected);
        assert_eq!(not_found.judge(200), Outcome::Unexpected);
        assert_eq!(Expect::Statuses(vec![(201, 201)]).judge(201), Outcome::Ok);
    }
}

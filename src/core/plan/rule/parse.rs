//! The grammar of rules.
//!
//! `MEASURE[{LABEL="VALUE",...}] >|< BOUND [for TIME | over TIME] [after TIME] [abort]`; `step{NAME} MEASURE`,
//! `journey{NAME} MEASURE`, `check{NAME}` and `custom{NAME} [MEASURE]` are short forms of a label of that kind. A short form
//! shows itself as the long one, of which it is an abbreviation.

use std::str::FromStr;
use std::time::Duration;

use super::measure::NAMES;
use super::{Label, Measure, Rule, Selector, Side, Subject, Window};
use crate::plan::Fault;
use crate::plan::span::parse_span;
use crate::text::did_you_mean;

const EXAMPLE: &str = "give one such as 'failed > 90% for 60s' or 'p99 > 10s for 30s'";

/// The cause and the remedy.
type Wrong = (String, String);

/// Words before a name in braces, and the label that they stand for.
const SHORT: [(&str, Label); 4] = [
    ("step", Label::Step),
    ("journey", Label::Journey),
    ("check", Label::Check),
    ("custom", Label::Metric),
];

impl Rule {
    /// Reads a rule that an option gives.
    ///
    /// # Errors
    /// When it is not one: the fault names the option.
    pub fn parse(option: &str, text: &str) -> Result<Self, Fault> {
        read(text.trim())
            .map_err(|(cause, remedy)| Fault::new(format!("{option} {text:?}"), cause, remedy))
    }
}

impl FromStr for Rule {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::parse("rule", text)
    }
}

fn read(text: &str) -> Result<Rule, Wrong> {
    let example = |cause: &str| (cause.to_owned(), EXAMPLE.to_owned());
    let (head, labels, rest) = selector(text)?;
    let at = rest
        .find(['>', '<'])
        .ok_or_else(|| example("has no > or < between a measure and its bound"))?;
    let (behind, tail) = (rest[..at].trim(), &rest[at + 1..]);
    if tail.starts_with('=') {
        return Err(example("a bound has > or <, without ="));
    }
    let (measure, selector) = measured(head, labels, behind)?;
    let words: Vec<&str> = tail.split_whitespace().collect();
    let is_word = |word: &&&str| matches!(**word, "for" | "over" | "after" | "abort");
    let end = words.len() - words.iter().skip_while(|word| !is_word(word)).count();
    let unit = measure.unit(selector.subject());
    let mut rule = Rule {
        measure,
        bound: unit.read(&words[..end].join(" "))?,
        selector,
        side: if rest[at..].starts_with('>') {
            Side::Above
        } else {
            Side::Below
        },
        window: Window::Run,
        after: Duration::ZERO,
        abort: false,
    };
    let mut words = &words[end..];
    while let Some((word, rest)) = words.split_first() {
        let next = rest.iter().position(|word| is_word(&word));
        let (value, behind) = rest.split_at(next.unwrap_or(rest.len()));
        words = behind;
        rule.take(word, &value.join(" "))?;
    }
    Ok(rule)
}

impl Rule {
    /// What a word behind the bound says.
    fn take(&mut self, word: &str, value: &str) -> Result<(), Wrong> {
        if word == "abort" {
            if !value.is_empty() {
                return Err((
                    format!("{value:?} stands behind abort"),
                    "let abort be the last word".to_owned(),
                ));
            }
            self.abort = true;
            return Ok(());
        }
        let time = parse_span(value).ok_or_else(|| {
            (
                format!("{value:?} is not a valid duration"),
                "give seconds such as 60s, or units such as 1m30s".to_owned(),
            )
        })?;
        match word {
            "after" => self.after = time,
            _ if self.window != Window::Run => {
                return Err((
                    "has two times".to_owned(),
                    "give 'for', which is about each second of a time, or 'over', about all of it"
                        .to_owned(),
                ));
            }
            "for" => self.window = Window::Each(time),
            _ => self.window = Window::Over(time),
        }
        Ok(())
    }
}

/// The word before braces, what is in them, and what is behind them; without braces all is behind.
fn selector(text: &str) -> Result<(&str, Option<&str>, &str), Wrong> {
    let brace = text.find('{');
    let sign = text.find(['>', '<']);
    let Some(open) = brace.filter(|open| sign.is_none_or(|sign| *open < sign)) else {
        return Ok(("", None, text));
    };
    let head = text[..open].trim();
    let inside = &text[open + 1..];
    // A name may have braces, too, and anything in quotes.
    let (mut depth, mut quoted, mut escaped) = (1, false, false);
    for (at, sign) in inside.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Ok((head, Some(&inside[..at]), &inside[at + 1..]));
                }
            }
            _ => {}
        }
    }
    Err((
        "has a { without its }".to_owned(),
        "close it, as in 'p99{name=\"/users/{id}\"} > 1s'".to_owned(),
    ))
}

/// The measure and what it is of.
fn measured(head: &str, labels: Option<&str>, behind: &str) -> Result<(Measure, Selector), Wrong> {
    let Some(inside) = labels else {
        let measure = named(behind)?;
        return checked(measure, Selector::ALL);
    };
    let short = SHORT.into_iter().find(|(word, _)| *word == head);
    let Some((_, label)) = short else {
        if !behind.is_empty() {
            return Err((
                format!("{behind:?} is between the labels and the bound"),
                "write MEASURE{LABEL=\"VALUE\"} > BOUND, or step{NAME} MEASURE > BOUND".to_owned(),
            ));
        }
        return checked(named(head)?, Selector::new(read_labels(inside)?)?);
    };
    let given = match read_labels(inside) {
        Ok(given) if !given.is_empty() => given,
        _ => vec![(label, inside.trim().to_owned())],
    };
    if !given
        .iter()
        .any(|(one, value)| *one == label && !value.is_empty())
    {
        return Err((
            format!("{head}{{{inside}}} has no name"),
            format!("write {head}{{NAME}}"),
        ));
    }
    let measure = match (label, behind) {
        (Label::Check, "") => Measure::Passed,
        (Label::Metric, "") => Measure::Value,
        (_, "") => {
            return Err((
                format!("{head}{{{inside}}} has no measure"),
                format!("write one behind it, such as {head}{{{inside}}} p95 > 2s"),
            ));
        }
        (_, behind) => named(behind)?,
    };
    checked(measure, Selector::new(given)?)
}

fn named(name: &str) -> Result<Measure, Wrong> {
    Measure::named(name).ok_or_else(|| {
        (
            format!("{name:?} is not a valid measure"),
            format!(
                "give one of {NAMES}{}",
                did_you_mean(name, Measure::names())
            ),
        )
    })
}

fn checked(measure: Measure, selector: Selector) -> Result<(Measure, Selector), Wrong> {
    let subject = selector.subject();
    // The long form of a check or a metric has the name of a share or a value.
    if measure.is_of(subject) {
        return Ok((measure, selector));
    }
    let of = match subject {
        Subject::Run => "the whole run",
        Subject::Requests => "requests of a type or name",
        Subject::Steps => "a step",
        Subject::Journeys => "a journey",
        Subject::Check => "a check, which is the share that passed",
        Subject::Metric => "a metric of the scripts",
    };
    Err((
        format!("{measure} is not measured of {of}"),
        match subject {
            Subject::Check => "write check{NAME} < 99%".to_owned(),
            Subject::Metric => {
                "write custom{NAME} < 10, or custom{NAME} p95 > 10 for a histogram".to_owned()
            }
            Subject::Steps | Subject::Journeys => {
                "give failed, errors, a quantile such as p95, mean, max or rate".to_owned()
            }
            Subject::Run | Subject::Requests => format!("give one of {NAMES}"),
        },
    ))
}

/// `a="b", c="d"`
fn read_labels(text: &str) -> Result<Vec<(Label, String)>, Wrong> {
    let wrong = || {
        (
            format!("{{{text}}} has no labels"),
            "write them such as {name=\"/users/{id}\",type=\"admin\"}".to_owned(),
        )
    };
    let mut labels = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once('=').ok_or_else(wrong)?;
        let name = name.trim();
        let label = Label::ALL.into_iter().find(|label| label.as_str() == name);
        let label = label.ok_or_else(|| {
            let known = Label::ALL.map(Label::as_str);
            (
                format!("{name:?} is not a valid label"),
                format!(
                    "give one of {}{}",
                    known.join(", "),
                    did_you_mean(name, known)
                ),
            )
        })?;
        let quoted = behind.trim_start().strip_prefix('"').ok_or_else(wrong)?;
        let (value, behind) = unquoted(quoted).ok_or_else(wrong)?;
        labels.push((label, value));
        rest = behind.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',').ok_or_else(wrong)?.trim_start();
        }
    }
    if labels.is_empty() {
        return Err(wrong());
    }
    Ok(labels)
}

/// The value up to the closing quote, and what is behind it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(signs.next()?.1),
            _ => value.push(sign),
        }
    }
    None
}

//! The file of a curve: `time,factor` or `weekday,time,factor`, a line for each point.

use std::time::Duration;

use super::table::CurveTable;
use crate::plan::Fault;
use crate::plan::span::{DAY, number};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What follows in the long form of each.
const LONG: [&str; 7] = ["day", "sday", "nesday", "rsday", "day", "urday", "day"];

/// Faults that are said one by one.
const MOST_FAULTS: usize = 20;

/// The largest factor: more is a typing error.
const MOST_FACTOR: f64 = 1_000.0;

/// Most points of a file: one for each minute of a week.
const MOST_POINTS: usize = 7 * 24 * 60;

/// Reads a curve. Times are `HH:MM` or seconds of the day, weekdays `mon` to `sun` or their whole names; a first line of words
/// is the head.
///
/// # Errors
/// Every fault, with its line; where there are many, the first ones and how many more there are.
pub fn parse(file: &str, text: &str) -> Result<CurveTable, Vec<Fault>> {
    let mut points: Vec<(Duration, f64)> = Vec::new();
    let mut faults = Vec::new();
    let (mut columns, mut more, mut last) = (None, 0_usize, 0);
    let lines = text.trim_start_matches('\u{feff}').lines();
    for (line, text) in (1..).zip(lines) {
        let mut fault = |cause: String, remedy: &str| {
            if faults.len() == MOST_FAULTS {
                more += 1;
                return;
            }
            last = line;
            let thing = format!("curve {file}:{line}");
            faults.push(Fault::new(thing, cause, remedy));
        };
        let cells: Vec<&str> = text.split(',').map(str::trim).collect();
        if cells == [""] || (columns.is_none() && is_head(&cells)) {
            continue;
        }
        let expected = *columns.get_or_insert(cells.len());
        let point = if cells.len() != expected {
            Err(format!(
                "has {} values where the first line has {expected}",
                cells.len()
            ))
        } else {
            point(&cells)
        };
        match point {
            Err(cause) => fault(cause, REMEDY),
            Ok((at, _)) if points.last().is_some_and(|(last, _)| *last >= at) => fault(
                "is not later than the line before it".to_owned(),
                "put the lines in the order of their times, each time once",
            ),
            Ok(_) if points.len() == MOST_POINTS => {
                fault(
                    format!("is more than {MOST_POINTS} points"),
                    "give a point for each minute at most",
                );
                break;
            }
            Ok(point) => points.push(point),
        }
    }
    let of_file = |cause: String, remedy: &str| Fault::new(format!("curve {file}"), cause, remedy);
    if more > 0 {
        let cause = format!("has {more} more faults after line {last}");
        faults.push(of_file(cause, "correct these first"));
    }
    let days = if columns == Some(3) { 7 } else { 1 };
    if faults.is_empty() {
        if points.is_empty() {
            faults.push(of_file(
                "has no line with a time and a factor".to_owned(),
                REMEDY,
            ));
        } else if points.iter().all(|(_, factor)| *factor == 0.0) {
            faults.push(of_file("has no factor above 0".to_owned(), REMEDY));
        }
        if days == 7 && !points.is_empty() {
            let has = |day: u32| {
                points
                    .iter()
                    .any(|(at, _)| *at >= DAY * day && *at < DAY * (day + 1))
            };
            let missing = (0u32..).zip(WEEKDAYS).filter(|(day, _)| !has(*day));
            let missing: Vec<&str> = missing.map(|(_, name)| name).collect();
            if !missing.is_empty() {
                faults.push(of_file(
                    format!("has no line for {}", missing.join(", ")),
                    "give each day of the week at least one, such as sun,00:00,1",
                ));
            }
        }
    }
    if faults.is_empty() {
        Ok(CurveTable { days, points })
    } else {
        Err(faults)
    }
}

const REMEDY: &str = "give lines such as 08:30,1.5 or 30600,1.5 or mon,08:30,1.5";

/// Whether it names the columns.
fn is_head(cells: &[&str]) -> bool {
    let is = |cell: &&str, name: &str| cell.eq_ignore_ascii_case(name);
    match cells {
        [time, factor] => is(time, "time") && is(factor, "factor"),
        [day, time, factor] => is(day, "weekday") && is(time, "time") && is(factor, "factor"),
        _ => false,
    }
}

fn point(cells: &[&str]) -> Result<(Duration, f64), String> {
    if cells.iter().any(|cell| cell.is_empty()) {
        return Err("has a hole: a value is missing".to_owned());
    }
    let (day, time, factor) = match cells {
        [time, factor] => (0, time, factor),
        [day, time, factor] => {
            let day = day.to_lowercase();
            let mut names = WEEKDAYS.iter().zip(LONG);
            let place = names.position(|(name, rest)| {
                day.strip_prefix(name)
                    .is_some_and(|end| end.is_empty() || end == rest)
            });
            let place = place.ok_or_else(|| format!("{day:?} is not a day from mon to sun"))?;
            (place as u32, time, factor)
        }
        _ => return Err(format!("has {} values, not 2 or 3", cells.len())),
    };
    let at = time_of(time).ok_or_else(|| format!("{time:?} is not a time from 00:00 to 23:59"))?;
    let value = number(factor).filter(|factor| *factor <= MOST_FACTOR);
    let value = value.ok_or_else(|| format!("{factor:?} is not a factor from 0 to 1,000"))?;
    Ok((DAY * day + at, value))
}

/// `08:30`, `08:30:15`, or seconds.
fn time_of(text: &str) -> Option<Duration> {
    let seconds = if text.contains(':') {
        let parts = text
            .split(':')
            .map(|part| part.parse::<u64>().ok().filter(|_| part.len() <= 2));
        let parts: Option<Vec<u64>> = parts.collect();
        match parts?[..] {
            [hours, minutes] if minutes < 60 => (hours * 3_600 + minutes * 60) as f64,
            [hours, minutes, seconds] if minutes < 60 && seconds < 60 => {
                (hours * 3_600 + minutes * 60 + seconds) as f64
            }
            _ => return None,
        }
    } else {
        number(text)?
    };
    (seconds < DAY.as_secs_f64()).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let faults = parse("curve.csv", text).err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn points_of_a_day_and_of_a_week_are_read() {
        let table =
            parse("x.csv", "time,factor\n00:00,0.5\n\n43200,2\n23:59:30,1\n").expect("valid");
        assert_eq!(table.days, 1);
        let times: Vec<u64> = table.points.iter().map(|(at, _)| at.as_secs()).collect();
        assert_eq!(times, [0, 43_200, 86_370]);
        let week: String = WEEKDAYS
            .iter()
            .map(|day| format!("{day}, 12:00 ,1\r\n"))
            .collect();
        let long: Vec<String> = WEEKDAYS
            .iter()
            .zip(LONG)
            .map(|(name, rest)| format!("{name}{rest},00:00,1"))
            .collect();
        assert_eq!(
            parse("x.csv", &long.join("\n")).map(|table| table.days),
            Ok(7)
        );
        let table = parse("x.csv", &format!("\u{feff}Weekday,time,factor\n{week}")).expect("valid");
        assert_eq!((table.days, table.points.len()), (7, 7));
        assert_eq!(table.points[6].0, DAY * 6 + DAY / 2);
    }

    #[test]
    fn of_many_faults_the_first_ones_are_said() {
        let all = faults(&"08:00,much\n".repeat(5_000));
        assert_eq!(all.len(), MOST_FAULTS + 1);
        assert_eq!(
            all[MOST_FAULTS],
            "curve curve.csv: has 4980 more faults after line 20; correct these first"
        );
    }

    #[test]
    fn each_fault_has_its_line() {
        let all = faults(
            "time,factor\n08:00,1\n07:00,2\n09:00,\n10:00,much\n25:00,1\n11:00,1,1\nmidnight,1\n",
        );
        let lines = [3, 4, 5, 6, 7, 8];
        assert_eq!(all.len(), lines.len(), "{all:#?}");
        for (line, fault) in lines.iter().zip(&all) {
            assert!(
                fault.starts_with(&format!("curve curve.csv:{line}: ")),
                "{fault}"
            );
        }
        for (text, part) in [
            ("", "has no line with a time"),
            ("time,factor\n", "has no line with a time"),
            ("00:00,0\n", "has no factor above 0"),
            (
                "mon,00:00,1\n",
                "has no line for tue, wed, thu, fri, sat, sun",
            ),
            ("xyz,00:00,1\n", "is not a day"),
            ("monkey,00:00,1\n", "is not a day"),
            ("00:00,1\n00:00,1\n", "is not later"),
            ("00:00,-1\n", "is not a factor"),
            ("a\n", "not 2 or 3"),
        ] {
            let all = faults(text);
            assert!(all.len() == 1 && all[0].contains(part), "{text:?}: {all:?}");
        }
    }
}

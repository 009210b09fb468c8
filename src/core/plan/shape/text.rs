//! Stages, spikes and rates as people write them.

use super::arrivals::{Arrivals, DEFAULT_MAX_USERS, MAX_ARRIVALS, Rate};
use super::curve::CurveSource;
use crate::pace::{Spike, Stage};
use crate::plan::live::{Invalid, MAX_USERS};
use crate::plan::span::{number, parse_span, show_span};

/// The largest factor of a spike: more is a typing error.
const MOST_FACTOR: f64 = 1_000.0;

/// Reads stages that replace others while the run goes on: as [`parse_stages`], and they must take time, since the run ends
/// with the last of them.
///
/// # Errors
/// What is wrong with them, and how they are written.
pub fn parse_later_stages(text: &str) -> Result<Vec<Stage>, Invalid> {
    let stages = parse_stages(text)?;
    takes_time(&stages, STAGES)?;
    Ok(stages)
}

const STAGES: &str = "give times and users such as 2m:100,5m:100,1m:0; 0s:300 jumps";

/// Reads stages of users, of the run or of a type: `2m:100,5m:100,1m:0`; `0s:300` jumps. They may take no time at all: `0s:1`
/// is one user from the beginning on, and does not say when the run ends.
///
/// # Errors
/// What is wrong with them, and how they are written.
pub fn parse_stages(text: &str) -> Result<Vec<Stage>, Invalid> {
    let users = |text: &str| {
        let users: u32 = text.parse().ok()?;
        (users <= MAX_USERS).then(|| f64::from(users))
    };
    let what = "a time and a whole number of users to 1,000,000";
    let stages = stages(text, users, what, STAGES)?;
    if stages.iter().all(|stage| stage.target == 0.0) {
        return Err(invalid("has no stage with users", STAGES));
    }
    Ok(stages)
}

fn stages(
    text: &str,
    read: impl Fn(&str) -> Option<f64>,
    what: &str,
    remedy: &str,
) -> Result<Vec<Stage>, Invalid> {
    let stage = |item: &str| {
        let (over, target) = item.split_once(':')?;
        let (over, target) = (parse_span(over)?, read(target.trim())?);
        Some(Stage { over, target })
    };
    each(text, what, remedy, stage)
}

fn takes_time(stages: &[Stage], remedy: &str) -> Result<(), Invalid> {
    match stages.iter().all(|stage| stage.over.is_zero()) {
        true => Err(invalid("takes no time at all", remedy)),
        false => Ok(()),
    }
}

/// Writes stages of users as [`parse_stages`] reads them.
pub fn show_stages(stages: &[Stage]) -> String {
    let stages = stages
        .iter()
        .map(|stage| format!("{}:{}", show_span(stage.over), stage.target));
    stages.collect::<Vec<_>>().join(",")
}

/// Reads arrivals: `50/s`, `300/m`, `9000/h`, or stages of them: `2m:50/s,10m:50/s,1m:0/s`.
///
/// # Errors
/// Where one is no rate, and where nobody ever arrives.
pub fn parse_arrivals(text: &str) -> Result<Arrivals, Invalid> {
    let remedy =
        "give a rate such as 50/s or 300/m, or times and rates such as 2m:50/s,10m:50/s,1m:0/s";
    let rate = if text.contains(':') {
        let what = "a time and a rate to 1,000,000/s";
        let stages = stages(text, per_second, what, remedy)?;
        takes_time(&stages, remedy)?;
        Rate::Stages(stages)
    } else {
        let rate = per_second(text.trim());
        Rate::Constant(rate.ok_or_else(|| invalid("is not a valid rate to 1,000,000/s", remedy))?)
    };
    let is_none = match &rate {
        Rate::Constant(rate) => *rate == 0.0,
        Rate::Stages(stages) => stages.iter().all(|stage| stage.target == 0.0),
    };
    if is_none {
        return Err(invalid("nobody would ever arrive", remedy));
    }
    Ok(Arrivals {
        rate,
        even: false,
        max_users: DEFAULT_MAX_USERS,
    })
}

/// `50/s`, `300/m`, `300/min`, `9000/h`
fn per_second(text: &str) -> Option<f64> {
    let (count, unit) = text.split_once('/')?;
    let seconds = match unit {
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => return None,
    };
    let rate = number(count)? / seconds;
    (rate <= MAX_ARRIVALS).then_some(rate)
}

/// Writes arrivals as [`parse_arrivals`] reads them.
pub fn show_arrivals(rate: &Rate) -> String {
    match rate {
        Rate::Constant(rate) => show_rate(*rate),
        Rate::Stages(stages) => {
            let stages = stages
                .iter()
                .map(|stage| format!("{}:{}", show_span(stage.over), show_rate(stage.target)));
            stages.collect::<Vec<_>>().join(",")
        }
    }
}

/// In the largest unit in which it is at least 1, or a short number.
fn show_rate(rate: f64) -> String {
    let units = [(1.0, "s"), (60.0, "m"), (3_600.0, "h")];
    let is_short = |rate: f64| (rate * 1_000.0).fract() == 0.0;
    let fits = |(seconds, _): &&(f64, &str)| rate == 0.0 || is_short(rate * seconds);
    let (seconds, unit) = units.iter().find(fits).unwrap_or(&units[0]);
    format!("{}/{unit}", rate * seconds)
}

/// Reads spikes: `5m+2m:300%`, three times as many from minute 5 on for two minutes.
///
/// # Errors
/// Where one is none.
pub fn parse_spikes(text: &str) -> Result<Vec<Spike>, Invalid> {
    let what = "a start, a length above 0 and a percentage to 100,000";
    let remedy = "give such as 5m+2m:300%, three times as many from minute 5 on for 2 minutes";
    if let Some(why) = text.split(',').find_map(bare_level) {
        return Err(why);
    }
    each(text, what, remedy, |item| {
        let (when, share) = item.split_once(':')?;
        let (at, over) = when.split_once('+')?;
        let factor = number(share.trim().strip_suffix('%')?)? / 100.0;
        let (at, over) = (parse_span(at)?, parse_span(over)?);
        let usable = !over.is_zero() && factor <= MOST_FACTOR;
        usable.then_some(Spike { at, over, factor })
    })
}

/// Why the level of a spike cannot be a number alone: one may mean a factor or per cent.
fn bare_level(item: &str) -> Option<Invalid> {
    let (_, level) = item.split_once(':')?;
    let factor = number(level.trim())?;
    // Without the digits that binary fractions add.
    let short = |number: f64| (number * 1e6).round() / 1e6;
    let as_factor = format!("{}% for {factor} times as many", short(factor * 100.0));
    let as_share = format!("{factor}% for {} times as many", short(factor / 100.0));
    let cause = format!("has the level {factor} without %");
    Some(invalid(
        &cause,
        &format!("write {as_factor}, or {as_share}"),
    ))
}

/// Writes spikes as [`parse_spikes`] reads them.
pub fn show_spikes(spikes: &[Spike]) -> String {
    let spike = |spike: &Spike| {
        let (at, over) = (show_span(spike.at), show_span(spike.over));
        // 7 % is 0.07, and a hundred times that is slightly more than 7.
        let share = (spike.factor * 1e8).round() / 1e6;
        format!("{at}+{over}:{share}%")
    };
    spikes.iter().map(spike).collect::<Vec<_>>().join(",")
}

/// Reads which curve: `day`, `office`, `shop`, or the path of a file.
///
/// # Errors
/// Where it is no name of a curve and no path of a `.csv`.
pub fn parse_curve(text: &str) -> Result<CurveSource, Invalid> {
    match text {
        "day" => Ok(CurveSource::Day),
        "office" => Ok(CurveSource::Office),
        "shop" => Ok(CurveSource::Shop),
        file if file.ends_with(".csv") && file.len() > ".csv".len() => {
            Ok(CurveSource::File(file.to_owned()))
        }
        _ => Err(invalid(
            "is not a valid curve",
            "give day, office, shop, a file such as curve.csv, or none",
        )),
    }
}

/// Reads what stands between commas.
fn each<T>(
    text: &str,
    what: &str,
    remedy: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Invalid> {
    let one = |item: &str| {
        let item = item.trim();
        read(item).ok_or_else(|| {
            let cause = format!("has {item:?} in place of {what}");
            invalid(&cause, remedy)
        })
    };
    text.split(',').map(one).collect()
}

fn invalid(cause: &str, remedy: &str) -> Invalid {
    Invalid {
        cause: cause.to_owned(),
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["2m:100,5m:100,1m:0", "0s:300,10s:300", "500ms:1"] {
            assert_eq!(
                parse_stages(text)
                    .map(|stages| show_stages(&stages))
                    .as_deref(),
                Ok(text)
            );
        }
        for text in ["50/s", "0.5/s", "1/m", "7/h", "2m:50/s,10m:50/s,1m:0/s"] {
            let arrivals = parse_arrivals(text).expect("valid");
            assert_eq!(show_arrivals(&arrivals.rate), text);
        }
        for text in ["5m+2m:300%", "0s+1s:7%,1h+1m:0%"] {
            assert_eq!(
                parse_spikes(text)
                    .map(|spikes| show_spikes(&spikes))
                    .as_deref(),
                Ok(text)
            );
        }
        let arrivals = parse_arrivals("300/min").expect("valid");
        assert_eq!(arrivals.rate, Rate::Constant(5.0));
        let spikes = parse_spikes("5m+2m:300%").expect("valid");
        let spike = Spike {
            at: s(300),
            over: s(120),
            factor: 3.0,
        };
        assert_eq!(spikes, [spike]);
    }

    #[test]
    fn what_is_no_shape_is_refused() {
        for text in [
            "",
            "100",
            "2m",
            "2m:",
            ":5",
            "-2m:5",
            "2m:-5",
            "2m:1.5",
            "2m:5,",
            "2m:0",
            "1m:2000000",
            "1m:nan",
        ] {
            assert!(parse_stages(text).is_err(), "{text}");
        }
        // Later ones say when the run ends.
        assert!(parse_stages("0s:5").is_ok() && parse_later_stages("0s:5").is_err());
        for text in [
            "",
            "50",
            "50/d",
            "-1/s",
            "0/s",
            "1m:0/s",
            "0s:5/s",
            "inf/s",
            "1e3/s",
            "2000000/s",
            "1m:5",
        ] {
            assert!(parse_arrivals(text).is_err(), "{text}");
        }
        for text in [
            "",
            "5m:300%",
            "5m+0s:300%",
            "5m+1m",
            "5m+1m:3",
            "5m+1m:-3%",
            "5m+1m:200000%",
            "-5m+1m:3%",
        ] {
            assert!(parse_spikes(text).is_err(), "{text}");
        }
        for text in ["", "days", "week.txt", ".csv"] {
            assert!(parse_curve(text).is_err(), "{text}");
        }
    }
}

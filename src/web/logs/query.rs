//! What is asked of the log.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, Uri};

use crate::plan::Fault;
use crate::run_log::{Filter, Kind, Level};
use crate::text::did_you_mean;
use crate::web::problem::Problem;

const KEYS: [&str; 5] = ["after", "since", "level", "kind", "type"];

/// Which entries, and from where on.
#[derive(Debug, Default, PartialEq)]
pub struct Query {
    /// The number of the last one that is known.
    pub after: u64,
    pub filter: Filter,
}

impl Query {
    /// Reads the query of a URL; `Last-Event-ID`, which browsers send when they connect again, takes the place of `after`.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Result<Self, Problem> {
        let mut query = Self::default();
        let mut faults = Vec::new();
        let pairs = uri.query().unwrap_or_default();
        for (key, value) in url::form_urlencoded::parse(pairs.as_bytes()) {
            faults.extend(query.read(&key, &value).err());
        }
        let last = headers.get("last-event-id");
        let last = last.and_then(|id| id.to_str().ok()?.parse().ok());
        query.after = last.unwrap_or(query.after);
        if faults.is_empty() {
            Ok(query)
        } else {
            Err(Problem::invalid(faults))
        }
    }

    fn read(&mut self, key: &str, value: &str) -> Result<(), Fault> {
        let fault = |cause: &str, remedy: &str| Fault::new(format!("{key}={value}"), cause, remedy);
        match key {
            "after" => {
                let number = value.parse();
                self.after = number.map_err(|_| {
                    fault(
                        "is not the number of an entry",
                        "give `next` of the last answer",
                    )
                })?;
            }
            "since" => {
                let seconds = value.parse::<f64>().ok();
                let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                let since = time.and_then(|time| SystemTime::now().checked_sub(time));
                self.filter.since = Some(since.ok_or_else(|| {
                    fault(
                        "is not a number of seconds",
                        "give one such as 60: the last minute",
                    )
                })?);
            }
            "level" => {
                let remedy = "give error, warn, info or debug";
                self.filter.level =
                    Level::named(value).ok_or_else(|| fault("is not a level", remedy))?;
            }
            "kind" => {
                for name in value.split(',') {
                    let remedy =
                        "give some of run, event, script, failure, with commas between them";
                    let kind = Kind::named(name).ok_or_else(|| fault("is not a kind", remedy))?;
                    self.filter.kinds.push(kind);
                }
            }
            "type" => self.filter.user_type = Some(value.to_owned()),
            _ => {
                let meant = did_you_mean(key, KEYS);
                let remedy = format!("give some of {}{meant}", KEYS.join(", "));
                return Err(Fault::new(key, "is not a parameter of the log", remedy));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Result<Query, Problem> {
        let uri = format!("/api/v1/logs?{query}");
        let uri = uri.parse().map_err(|_| Problem::invalid(Vec::new()))?;
        Query::of(&uri, &HeaderMap::new())
    }

    #[test]
    fn a_query_is_read_whole_or_refused_with_all_that_is_wrong_in_it() {
        let read = of("after=7&level=warn&kind=script,failure&type=new").unwrap();
        let filter = Filter {
            level: Level::Warn,
            kinds: vec![Kind::Script, Kind::Failure],
            user_type: Some("new".to_owned()),
            since: None,
        };
        assert_eq!(read, Query { after: 7, filter });
        assert!(of("since=60.5").unwrap().filter.since.is_some());
        assert_eq!(of("").unwrap(), Query::default());
        for wrong in [
            "after=-1",
            "since=soon",
            "since=-1",
            "since=1e300",
            "level=loud",
            "kind=run,",
            "lvel=warn",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_browser_that_connects_again_says_what_it_saw_last() {
        let mut headers = HeaderMap::new();
        headers.insert("last-event-id", "12".parse().unwrap());
        let uri = "/api/v1/logs/feed?after=3".parse().unwrap();
        assert_eq!(Query::of(&uri, &headers).unwrap().after, 12);
    }
}

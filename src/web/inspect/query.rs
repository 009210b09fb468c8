//! Who is to be inspected.

use axum::http::Uri;

use crate::engine::Recorded;
use crate::plan::Fault;
use crate::text::did_you_mean;
use crate::web::problem::Problem;

const KEYS: [&str; 3] = ["user", "type", "last"];

/// The user or the type that a URL names, and which of its last sessions is meant, from 1, the newest; none: what it does
/// from now on.
///
/// # Errors
/// All that is wrong with it.
pub fn recorded(uri: &Uri) -> Result<(Recorded, Option<usize>), Problem> {
    let mut found = None;
    let mut last = None;
    let mut faults = Vec::new();
    let pairs = uri.query().unwrap_or_default();
    for (key, value) in url::form_urlencoded::parse(pairs.as_bytes()) {
        let read = match &*key {
            "user" => value.parse().map(Recorded::User).map_err(|_| {
                Fault::new(
                    format!("user={value}"),
                    "is not the number of a user",
                    "give one from 0 up, or type=TYPE",
                )
            }),
            "type" => Ok(Recorded::Type(value.into_owned())),
            "last" => {
                last = match &*value {
                    "false" => None,
                    "true" => Some(1),
                    number => {
                        let number = number.parse().ok().filter(|number| *number > 0);
                        if number.is_none() {
                            faults.push(Fault::new(
                                format!("last={value}"),
                                "is neither true, false nor a number from 1 up",
                                "give one of them, or leave it out",
                            ));
                        }
                        number
                    }
                };
                continue;
            }
            other => {
                let meant = did_you_mean(other, KEYS);
                Err(Fault::new(
                    other,
                    "is not a parameter of an inspection",
                    format!("give user=NUMBER or type=TYPE{meant}"),
                ))
            }
        };
        match read {
            Ok(one) if found.is_none() => found = Some(one),
            Ok(_) => faults.push(Fault::new(
                key,
                "names a second user",
                "give one user, or one type",
            )),
            Err(fault) => faults.push(fault),
        }
    }
    match found {
        Some(found) if faults.is_empty() => Ok((found, last)),
        None if faults.is_empty() => Err(Problem::invalid(vec![Fault::new(
            "the query",
            "names no user",
            "give user=NUMBER or type=TYPE",
        )])),
        _ => Err(Problem::invalid(faults)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_one_user_or_one_type() {
        let of = |query: &str| {
            let uri = format!("/api/v1/inspect{query}").parse();
            uri.ok().and_then(|uri| recorded(&uri).ok())
        };
        assert_eq!(of("?user=17"), Some((Recorded::User(17), None)));
        let new = Recorded::Type("new".to_owned());
        assert_eq!(of("?type=new&last=false"), Some((new.clone(), None)));
        assert_eq!(of("?type=new&last=true"), Some((new.clone(), Some(1))));
        assert_eq!(of("?type=new&last=3"), Some((new, Some(3))));
        for wrong in [
            "",
            "?user=-1",
            "?user=new",
            "?usr=1",
            "?user=1&type=new",
            "?user=1&last=0",
            "?user=1&last=yes",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}

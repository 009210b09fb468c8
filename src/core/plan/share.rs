//! Shares as people write them: of sessions, of users, of a level.

use super::live::Invalid;
use super::span::number;

/// What is given for a share.
pub(super) const SHARE_REMEDY: &str = "give per cent such as 10%, or a fraction such as 0.1";

/// Reads per cent, `10%`, or a fraction, `0.1`, from 0 up: 100 % is 1.
pub fn read_share(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(per_cent) => number(per_cent.trim_end()).map(|number| number / 100.0),
        None => number(text),
    }
}

/// Reads a share from 0 to 1: `10%` or `0.1`.
///
/// # Errors
/// Where it is none; of a number above 1 without a `%` it says that it is a fraction.
pub fn parse_share(text: &str) -> Result<f64, Invalid> {
    let invalid = |cause: String, remedy: String| Err(Invalid { cause, remedy });
    match read_share(text) {
        Some(share) if share <= 1.0 => Ok(share),
        Some(_) if text.trim().ends_with('%') => {
            invalid("is more than 100%".to_owned(), SHARE_REMEDY.to_owned())
        }
        Some(_) => invalid(
            "is more than 1, as a fraction".to_owned(),
            format!("write {}% for per cent", text.trim()),
        ),
        None => invalid("is not a valid share".to_owned(), SHARE_REMEDY.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_per_cent_or_a_fraction() {
        for (text, share) in [
            ("10%", 0.1),
            ("0.1", 0.1),
            (" 7.5 % ", 0.075),
            ("0", 0.0),
            ("1", 1.0),
            ("100%", 1.0),
        ] {
            assert_eq!(parse_share(text), Ok(share), "{text}");
        }
        for (text, cause) in [
            ("101%", "is more than 100%"),
            ("10", "is more than 1, as a fraction"),
            ("", "is not a valid share"),
            ("%", "is not a valid share"),
            ("-1%", "is not a valid share"),
            ("NaN", "is not a valid share"),
            ("1e-1", "is not a valid share"),
        ] {
            let refused = parse_share(text).expect_err(text);
            assert_eq!(refused.cause, cause, "{text}");
        }
    }
}

//! How the outputs of a run stand, in words.

use crate::view::OutputStatus;
use crate::view::format::count;

/// What an output could not deliver, and why; none where it delivered everything.
pub(crate) fn sentence(one: &OutputStatus) -> Option<String> {
    let (title, items) = (one.title(), one.items());
    let why = one.error.as_deref().unwrap_or("for no known reason");
    if one.dropped > 0 {
        let all = one.dropped + one.sent;
        return Some(format!(
            "{title}: {} of {} {items} dropped: {why}",
            count(one.dropped),
            count(all)
        ));
    }
    one.failing_seconds?;
    Some(format!("{title} fails: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_and_what_works_is_not() {
        let mut status = OutputStatus {
            output: "remote_write".to_owned(),
            items: "samples".to_owned(),
            destination: "http://x/".to_owned(),
            sent: 9_000,
            ..OutputStatus::default()
        };
        assert_eq!(sentence(&status), None);
        status.error = Some("status 500".to_owned());
        status.failing_seconds = Some(3.0);
        assert_eq!(
            sentence(&status).as_deref(),
            Some("remote write to http://x/ fails: status 500")
        );
        status.dropped = 1_000;
        assert_eq!(
            sentence(&status).as_deref(),
            Some("remote write to http://x/: 1,000 of 10,000 samples dropped: status 500")
        );
    }
}

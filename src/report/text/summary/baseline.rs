use crate::report::text::Ink;
use crate::report::text::summary::Look;
use crate::text;
use crate::view::Baseline;
use crate::view::format;

/// Most changes that are listed; the JSON has all.
const MOST: usize = 20;

/// What differs from the baseline by more than chance, regressions first.
pub(super) fn baseline(baseline: Option<&Baseline>, look: Look) -> String {
    let Some(against) = baseline else {
        return String::new();
    };
    let paint = look.paint;
    let title = paint.ink(Ink::Bold, &format!("baseline: run {}", against.run));
    let verdict = match (against.fail_on_regression, against.passed, &against.reason) {
        (_, _, Some(reason)) => paint.ink(Ink::Bad, &format!("not compared: {reason}")),
        (None, ..) if against.changes.is_empty() => "no difference beyond chance".to_owned(),
        (None, ..) => format!("{} figures differ", against.changes.len()),
        (Some(by), true, _) => {
            let words = format!("passed: nothing is worse by {}", format::ratio(Some(by)));
            paint.ink(Ink::Good, &words)
        }
        (Some(by), false, _) => {
            let worse = against.regressions().count();
            let words = format!("regression: {worse} worse by {}", format::ratio(Some(by)));
            paint.ink(Ink::Bad, &words)
        }
    };
    let mut section = format!("{title}  {verdict}\n");
    for words in &against.different {
        section += &format!("  different: {}\n", text::line(words));
    }
    let mut changes: Vec<_> = against.changes.iter().collect();
    changes.sort_by_key(|one| (!one.regression, !one.worse));
    for one in changes.iter().take(MOST) {
        let (word, ink) = match (one.regression, one.worse) {
            (true, _) => ("regression", Ink::Bad),
            (false, true) => ("worse", Ink::Dim),
            (false, false) => ("better", Ink::Good),
        };
        section += &format!("  {}  {}\n", paint.ink(ink, word), text::line(&one.text));
    }
    let hidden = changes.len().saturating_sub(MOST);
    if hidden > 0 {
        section += &format!("  and {hidden} more\n");
    }
    section
}

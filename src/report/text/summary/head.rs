//! What is wrong, and which run it was.

use super::look::Look;
use crate::report::text::Ink;
use crate::report::text::status::sentence;
use crate::text;
use crate::view::RunView;
use crate::view::format::{count, span};

/// The status, the worst first: nothing of it is cut, and the first is the verdict.
pub(crate) fn status(view: &RunView, look: Look) -> String {
    let lines = view.status.iter();
    let lines = lines.flat_map(|line| sentence(line, look.columns(), look.paint));
    lines.map(|line| line + "\n").collect()
}

/// Which run it was, against what, for how long.
pub(crate) fn title(view: &RunView, look: Look) -> String {
    let run = &view.run;
    let who = match (view.load.arrivals, run.users) {
        (Some(arrivals), _) => format!("{} arrivals", count(arrivals.total)),
        (None, 1) => "1 user".to_owned(),
        (None, users) => format!("{} users", count(users)),
    };
    let title = format!("throng {}  run {}  seed {}", run.version, run.id, run.seed);
    format!(
        "{}\n{who} against {} for {}\n",
        look.paint.ink(Ink::Bold, &title),
        text::line(&run.base_url),
        span(run.seconds)
    )
}

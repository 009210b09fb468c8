//! A search: what each level was, as a chart from the lowest to the highest, and the knee.

use super::look::Look;
use crate::plan::show_level;
use crate::report::text::Ink;
use crate::report::text::table::{Cell, Side, Table};
use crate::text;
use crate::view::format::count;
use crate::view::{LevelUnit, Search, SearchResult, SearchTrial, TrialResult};

/// Cells of the chart up to the bound of the first part of the objective, and at most.
const BOUND: usize = 20;
const MOST: usize = 30;

const COLUMNS: [(&str, Side); 5] = [
    ("level", Side::Right),
    ("result", Side::Left),
    ("measured", Side::Left),
    ("requests", Side::Right),
    ("", Side::Left),
];

pub(crate) fn search(search: Option<&Search>, look: Look) -> String {
    let Some(search) = search else {
        return String::new();
    };
    let open = search.unit == LevelUnit::ArrivalsPerSecond;
    let mut table = Table::new(&COLUMNS);
    let mut trials: Vec<&SearchTrial> = search.trials.iter().collect();
    trials.sort_by(|one, other| one.level.total_cmp(&other.level));
    for trial in trials {
        let ink = ink(trial.result);
        let figures = trial.figures.iter().map(|one| one.figure.as_str());
        let figures = figures.filter(|figure| !figure.is_empty());
        let figures: Vec<&str> = figures.collect();
        table.row(vec![
            show_level(trial.level, open).into(),
            Cell::inked(word(trial.result).to_owned(), ink),
            figures.join(", ").into(),
            count(trial.requests).into(),
            Cell::inked(bar(trial), ink),
        ]);
    }
    let heading = format!(
        "Search: the most {} with {}",
        if open { "arrivals" } else { "users" },
        search.objective
    );
    let text = format!("{}\n", look.paint.ink(Ink::Bold, &heading));
    let rows = if search.trials.is_empty() {
        String::new()
    } else {
        look.table(&table, 1, "")
    };
    let good = matches!(search.result, SearchResult::Knee | SearchResult::AtMost);
    let result = text::line(&search.text);
    let result = look
        .paint
        .ink(if good { Ink::Good } else { Ink::Bad }, &result);
    format!("{text}{rows}{result}\n")
}

fn word(result: TrialResult) -> &'static str {
    match result {
        TrialResult::Holds => "holds",
        TrialResult::Breaks => "breaks",
        TrialResult::GeneratorLimit => "generator",
        TrialResult::TooFewSamples => "too few",
    }
}

fn ink(result: TrialResult) -> Ink {
    match result {
        TrialResult::Holds => Ink::Good,
        TrialResult::Breaks => Ink::Bad,
        TrialResult::GeneratorLimit | TrialResult::TooFewSamples => Ink::Dim,
    }
}

/// How much of its bound the first part of the objective has, with a mark at the bound: `#####     |`.
fn bar(trial: &SearchTrial) -> String {
    let share = trial.figures.first().and_then(|first| {
        let value = first.value.filter(|value| *value >= 0.0)?;
        (first.bound > 0.0).then(|| value / first.bound)
    });
    let Some(share) = share else {
        return String::new();
    };
    let cells = (share * BOUND as f64).round().min(MOST as f64) as usize;
    let cell = |at: usize| match at {
        BOUND => '|',
        at if at < cells || (at > BOUND && at <= cells) => '#',
        _ => ' ',
    };
    let mut bar: String = (0..=BOUND.max(cells)).map(cell).collect();
    if share * BOUND as f64 > MOST as f64 {
        bar.push('>');
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::TrialFigure;

    #[test]
    fn a_bar_shows_the_figure_beside_its_bound() {
        let bar_of = |value| {
            let figure = TrialFigure {
                value,
                bound: 0.2,
                ..TrialFigure::default()
            };
            bar(&SearchTrial {
                figures: vec![figure],
                ..SearchTrial::default()
            })
        };
        assert_eq!(bar_of(Some(0.0)), format!("{}|", " ".repeat(20)));
        assert_eq!(bar_of(Some(0.05)), format!("#####{}|", " ".repeat(15)));
        assert_eq!(bar_of(Some(0.2)), format!("{}|", "#".repeat(20)));
        assert_eq!(bar_of(Some(0.24)), format!("{}|####", "#".repeat(20)));
        assert_eq!(
            bar_of(Some(9.0)),
            format!("{}|{}>", "#".repeat(20), "#".repeat(10))
        );
        assert_eq!(bar_of(None), "");
    }
}

//! The lines that tests ran, of all that they could.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::report::text::table::{Side, Table};
use crate::script::Bundle;
use crate::script::testing::coverage::{Hits, lines_of};
use crate::view::format;

/// One file with how often each of its lines ran.
pub struct Covered {
    path: String,
    lines: BTreeMap<usize, u64>,
}

impl Covered {
    fn ran(&self) -> usize {
        self.lines.values().filter(|count| **count > 0).count()
    }
}

/// The types and own modules of a bundle, by their paths.
pub fn of(bundle: &Arc<Bundle>, hits: &Hits) -> Vec<Covered> {
    let sources = bundle.own_sources();
    let covered = sources.map(|(path, text)| {
        let text = String::from_utf8_lossy(text);
        let hit = hits.get(path);
        let count = |line: usize| hit.and_then(|hit| hit.get(&line)).copied().unwrap_or(0);
        Covered {
            path: path.to_owned(),
            lines: lines_of(&text)
                .into_iter()
                .map(|(line, noted)| (line, count(noted)))
                .collect(),
        }
    });
    let mut covered: Vec<Covered> = covered.collect();
    covered.sort_by(|one, other| one.path.cmp(&other.path));
    covered
}

/// A table, with the lines that did not run.
pub fn text(covered: &[Covered]) -> String {
    let mut table = Table::new(&[
        ("file", Side::Left),
        ("lines", Side::Right),
        ("ran", Side::Right),
        ("share", Side::Right),
        ("not run", Side::Left),
    ]);
    let (mut all, mut ran) = (0, 0);
    for file in covered {
        let (lines, of_file) = (file.lines.len(), file.ran());
        all += lines;
        ran += of_file;
        table.row(vec![
            file.path.as_str().into(),
            lines.to_string().into(),
            of_file.to_string().into(),
            format::share(of_file as u64, lines as u64).into(),
            missed(&file.lines).into(),
        ]);
    }
    let mut page = format!("\nCoverage\n{}", table.plain());
    if !page.ends_with('\n') {
        page.push('\n');
    }
    let _ = writeln!(
        page,
        "{} of {all} lines ran ({})",
        ran,
        format::share(ran as u64, all as u64)
    );
    page
}

/// `3-5, 9`: neighbours among the lines that can run together.
fn missed(lines: &BTreeMap<usize, u64>) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let mut is_open = false;
    for (line, count) in lines {
        match ranges.last_mut().filter(|_| is_open && *count == 0) {
            Some(range) => range.1 = *line,
            None if *count == 0 => ranges.push((*line, *line)),
            None => {}
        }
        is_open = *count == 0;
    }
    let shown = ranges.iter().map(|(from, to)| match from == to {
        true => from.to_string(),
        false => format!("{from}-{to}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// The tracefile of lcov (geninfo(1)).
pub fn lcov(covered: &[Covered]) -> String {
    let mut page = String::new();
    for file in covered {
        let _ = writeln!(page, "TN:\nSF:{}", file.path);
        for (line, count) in &file.lines {
            let _ = writeln!(page, "DA:{line},{count}");
        }
        let _ = writeln!(
            page,
            "LF:{}\nLH:{}\nend_of_record",
            file.lines.len(),
            file.ran()
        );
    }
    page
}

//! How text looks on stdout and stderr: its width and colours.

use crate::cli::Color;
use crate::report::text::Paint;
use crate::report::text::summary::{self, Look};

/// As wide as the terminal, or as `COLUMNS` says; in a pipe or a file nothing is shortened.
pub fn look(paint: Paint, stdout: bool) -> Look {
    let terminal = match stdout {
        true => console::Term::stdout(),
        false => console::Term::stderr(),
    };
    let size = terminal.size_checked();
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.trim().parse().ok());
    let width = columns.filter(|columns| *columns > 0);
    let width = width.or(size.map(|(_, columns)| usize::from(columns)));
    Look {
        width: width.unwrap_or(usize::MAX),
        whole: size.is_none(),
        rows: summary::ROWS,
        paint,
    }
}

/// The colours that were asked for.
pub fn paint(color: Color, stdout: bool) -> Paint {
    match color {
        Color::Always => Paint::COLOUR,
        Color::Never => Paint::PLAIN,
        Color::Auto if stdout => Paint::on(&std::io::stdout()),
        Color::Auto => Paint::on(&std::io::stderr()),
    }
}

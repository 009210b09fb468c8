//! The status of a run as text: the sentence of the strip, and the others below it.

use crate::report::text::{Ink, Paint};
use crate::text;
use crate::view::{Level, StatusLine};

/// The sign before a sentence, which says its level without a colour too, and the colour.
pub fn sign(level: Level) -> (&'static str, Ink) {
    match level {
        Level::Critical => ("✗", Ink::Bad),
        Level::Warning => ("!", Ink::Warning),
        Level::Info => ("i", Ink::Meant),
        Level::Ok => ("✓", Ink::Good),
    }
}

/// `✗ Target unavailable: circuit open for 9 s, next try in 2 s` in lines of at most `width` columns, folded between
/// words: nothing of a sentence is cut.
pub fn sentence(line: &StatusLine, width: usize, paint: Paint) -> Vec<String> {
    let (sign, ink) = sign(line.level);
    let words = text::line(&line.text);
    let room = width.saturating_sub(2).max(1);
    let folded = folded(&words, room).into_iter().enumerate();
    let lines = folded.map(|(at, part)| {
        let before = if at == 0 { sign } else { " " };
        paint.ink(ink, &format!("{before} {part}"))
    });
    lines.collect()
}

/// Words in lines of at most `room` columns; a word that is longer is parted.
pub fn folded(words: &str, room: usize) -> Vec<String> {
    let wide = |text: &str| console::measure_text_width(text);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in words.split(' ') {
        let gap = usize::from(used > 0);
        if used > 0 && used + gap + wide(word) > room {
            lines.push(String::new());
            used = 0;
        } else if used > 0 {
            push(&mut lines, " ");
            used += 1;
        }
        for letter in word.chars() {
            let mut bytes = [0; 4];
            let letter = &*letter.encode_utf8(&mut bytes);
            if used > 0 && used + wide(letter) > room {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, letter);
            used += wide(letter);
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

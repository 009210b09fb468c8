//! A text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest text that is made.
const LONGEST: usize = 256;

/// A text that the pattern matches, whose repetitions are made `more` times beyond the least; none where it cannot be read.
pub(super) fn text(pattern: &str, more: u32) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, more, &mut text)?;
    Some(text)
}

fn write(hir: &Hir, more: u32, to: &mut String) -> Option<()> {
    if to.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => to.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => to.push(letter(class)?),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            let times = repetition.min.saturating_add(more).min(most);
            for _ in 0..times {
                write(&repetition.sub, more, to)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, more, to)?,
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, more, to)?;
            }
        }
        HirKind::Alternation(parts) => write(parts.first()?, more, to)?,
    }
    Some(())
}

/// A letter of a class: one that reads well, where it has one.
fn letter(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|one| (one.start(), one.end())).collect(),
        Class::Bytes(class) => {
            let ranges = class
                .iter()
                .map(|one| (one.start().into(), one.end().into()));
            ranges.collect()
        }
    };
    let has = |letter: char| {
        ranges
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&letter))
    };
    let liked = "abcdefghijklmnopqrstuvwxyz1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. ";
    let found = liked.chars().find(|letter| has(*letter));
    found.or_else(|| ranges.first().map(|(from, _)| *from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_its_pattern() {
        for (pattern, more, wanted) in [
            ("^[A-Z]{2}-[0-9]{3}$", 0, "AA-111"),
            ("^(cat|dog)s?$", 0, "cat"),
            ("^[a-z]*$", 3, "aaa"),
            ("^(19|20)[0-9]{2}-[0-9]{2}$", 0, "1911-11"),
            ("^https?://[A-Za-z0-9[]", 0, ""),
        ] {
            let made = text(pattern, more);
            let wanted = Some(wanted.to_owned()).filter(|wanted| !wanted.is_empty());
            assert_eq!(made, wanted, "{pattern}");
        }
        assert_eq!(text("(a{100}){100}", 0), None);
    }
}

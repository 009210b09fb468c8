//! Suggestions for misspelt names.

/// Names that are less alike are no misspelling (Jaro-Winkler similarity, 0 to 1).
const ALIKE: f64 = 0.85;
/// A longer word is no misspelt name, in bytes: comparing takes as long as both are.
const LONGEST: usize = 200;

/// The known name that `word` was probably meant to be; none when no name is like it.
///
/// Case and the choice between `-`, `_` and blanks are ignored. Among equally similar names the first one counts.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = folded(word);
    let mut best = None;
    for name in known {
        let alike = strsim::jaro_winkler(&word, &folded(name));
        if alike >= ALIKE && best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, name));
        }
    }
    best.map(|(_, name)| name)
}

/// `; did you mean users?`, to be appended to a message; empty when no known name is like `word`.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_another_word_none() {
        let known = ["users", "user_types", "error_rate", "think_factor"];
        for (word, meant) in [
            ("user", Some("users")),
            ("Users", Some("users")),
            ("error-rate", Some("error_rate")),
            ("eror_rate", Some("error_rate")),
            ("thinkfactor", Some("think_factor")),
            ("banana", None),
            ("", None),
            (&"users".repeat(100_000), None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(did_you_mean("user", known), "; did you mean users?");
        assert_eq!(did_you_mean("banana", known), "");
        assert_eq!(nearest("users", []), None);
    }
}

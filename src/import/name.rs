use std::collections::HashSet;
use std::fmt;

/// Longest name, in bytes; longer ones are cut.
const LONGEST: usize = 40;

/// Words that Lua reserves.
const RESERVED: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// A name that is safe in a script, whatever text it was made of: small letters, digits and `_`, a letter first, and
/// none that Lua reserves.
///
/// There is no other way to get a name into a script than this type, so no text of an import can become code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name that a text suggests: `GET /users/{id}` becomes `get_users_id`; `fallback` where nothing is left.
    pub fn of(text: &str, fallback: &'static str) -> Self {
        let mut name = String::new();
        let mut was_small = false;
        for letter in text.chars() {
            if letter.is_ascii_alphanumeric() {
                if letter.is_ascii_uppercase() && was_small {
                    name.push('_');
                }
                was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
                name.push(letter.to_ascii_lowercase());
            } else {
                was_small = false;
                if !name.is_empty() && !name.ends_with('_') {
                    name.push('_');
                }
            }
            if name.len() >= LONGEST {
                break;
            }
        }
        let name = name.trim_matches('_').to_owned();
        let begins_well = name.starts_with(|first: char| first.is_ascii_lowercase());
        let name = match (name.is_empty(), begins_well) {
            (true, _) => fallback.to_owned(),
            (false, true) => name,
            (false, false) => format!("{fallback}_{name}"),
        };
        match is_reserved(&name) {
            true => Self(format!("{name}_")),
            false => Self(name),
        }
    }

    /// The name of a type as its author typed it; made safe where it is not.
    pub fn of_type(typed: &str) -> Self {
        let is_safe = typed.starts_with(|first: char| first.is_ascii_lowercase())
            && typed
                .bytes()
                .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_');
        match is_safe {
            true => Self(typed.to_owned()),
            false => Self::of(typed, "visitor"),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with a number after it.
    fn numbered(&self, number: usize) -> Self {
        Self(format!("{}_{number}", self.0))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

/// Whether Lua reserves the word.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Names that are taken, so that each is given once.
#[derive(Clone, Debug, Default)]
pub struct Names(HashSet<Name>);

impl Names {
    /// Where these are taken already.
    pub fn with(taken: &[&'static str]) -> Self {
        Self(taken.iter().map(|name| Name((*name).to_owned())).collect())
    }

    /// The name itself, or with the first number that is free: `read`, `read_2`.
    pub fn take(&mut self, wanted: &Name) -> Name {
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = wanted.numbered(number);
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_safe_letters_only() {
        for (text, name) in [
            ("GET /users/{id}", "get_users_id"),
            ("listUsers", "list_users"),
            ("end", "end_"),
            ("", "step"),
            ("42", "step_42"),
            ("x\") os.exit() --", "x_os_exit"),
            ("поиск", "step"),
        ] {
            assert_eq!(Name::of(text, "step").as_str(), name, "{text}");
        }
    }

    #[test]
    fn each_name_is_given_once() {
        let mut names = Names::with(&["http"]);
        let read = Name::of("read", "step");
        let given: Vec<Name> = (0..3).map(|_| names.take(&read)).collect();
        assert_eq!(
            given.iter().map(Name::as_str).collect::<Vec<_>>(),
            ["read", "read_2", "read_3"]
        );
        assert_eq!(names.take(&Name::of("http", "step")).as_str(), "http_2");
    }
}

//! The names of types in a type: `Response`, `RequestOptions`.

/// The words of a type that begin with a capital letter: those of objects and tables that are described.
pub fn type_names(kind: &str) -> impl Iterator<Item = &str> {
    let words = kind.split(|sign: char| !sign.is_ascii_alphanumeric());
    words.filter(|word| word.starts_with(|first: char| first.is_ascii_uppercase()))
}

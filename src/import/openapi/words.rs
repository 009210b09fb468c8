//! Words of names: `userId`, `user_id` and `user-ids` are of users.

/// A name in small letters, without what separates its words.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The words of a name, in small letters.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            was_small = false;
            continue;
        }
        if letter.is_uppercase() && was_small {
            words.push(String::new());
        }
        was_small = letter.is_lowercase() || letter.is_numeric();
        if let Some(last) = words.last_mut() {
            last.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The singular of an English word, by its usual endings.
pub(super) fn singular(word: &str) -> String {
    let word = word.to_lowercase();
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes", "uses"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) && stem.len() > 1 => stem.to_owned(),
        _ => word,
    }
}

/// What a name is the id of, and whether of several: `userId` and `user_id` of `user`, `roleIds` of `role`.
pub(super) fn id_of(name: &str) -> Option<(String, bool)> {
    let mut words = words(name);
    let last = words.pop()?;
    let is_many = matches!(last.as_str(), "ids" | "uuids" | "guids");
    if !is_many && !matches!(last.as_str(), "id" | "uuid" | "guid") || words.is_empty() {
        return None;
    }
    let last = words.pop()?;
    words.push(singular(&last));
    Some((words.concat(), is_many))
}

/// Whether a field is the password so far, which a change of it asks for.
pub(super) fn is_old_password(name: &str) -> bool {
    let name = plain(name);
    name.contains("password")
        && ["old", "current", "previous"]
            .iter()
            .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_are_the_id_of() {
        for (name, of) in [
            ("userId", Some(("user", false))),
            ("role_ids", Some(("role", true))),
            ("roleIds", Some(("role", true))),
            ("id", None),
            ("paid", None),
            ("lineItemId", Some(("lineitem", false))),
        ] {
            let found = id_of(name);
            let found = found.as_ref().map(|(kind, many)| (kind.as_str(), *many));
            assert_eq!(found, of, "{name}");
        }
    }

    #[test]
    fn words_have_a_singular() {
        for (many, one) in [
            ("users", "user"),
            ("categories", "category"),
            ("boxes", "box"),
            ("addresses", "address"),
            ("status", "status"),
            ("news", "new"),
            ("access", "access"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}

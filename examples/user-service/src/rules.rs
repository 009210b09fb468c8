//! What a well-formed value is: one small rule a kind of text. Each gives the value or says what it should be.
//! The limits are repeated in the OpenAPI schemas beside the types that use them.

use std::borrow::Cow;

use serde_json::Value;
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

/// What a rule says: the value, or what it should have been.
pub type Verdict<T> = Result<T, Cow<'static, str>>;

/// Shortest password that passes.
pub const PASSWORD_MIN: usize = 8;
/// Longest password that is hashed.
pub const PASSWORD_MAX: usize = 128;

pub fn text(value: &Value) -> Verdict<&str> {
    value.as_str().ok_or_else(|| "must be text".into())
}

fn sized(value: &Value, min: usize, max: usize) -> Verdict<String> {
    let text = text(value)?.trim();
    match text.chars().count() {
        n if n < min || n > max => Err(format!("must be {min} to {max} characters long").into()),
        _ if text.contains('\0') => Err("must not contain NUL".into()),
        _ => Ok(text.to_owned()),
    }
}

/// 1 to 100 characters.
pub fn title(value: &Value) -> Verdict<String> {
    sized(value, 1, 100)
}

/// Up to 1,000 characters.
pub fn prose(value: &Value) -> Verdict<String> {
    sized(value, 0, 1000)
}

/// Any non-empty text up to 4,096 characters, taken as it is: passwords at login, tokens.
pub fn secret(value: &Value) -> Verdict<String> {
    match text(value)? {
        "" => Err("must not be empty".into()),
        long if long.len() > 4096 => Err("must be at most 4096 bytes long".into()),
        text => Ok(text.to_owned()),
    }
}

pub fn email(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    if is_email(text) {
        Ok(text.to_owned())
    } else {
        Err("must be an e-mail address".into())
    }
}

/// `local@domain.tld` of ASCII, at most 254 characters: the subset of RFC 5321 that real forms accept.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_ok = |c: char| c.is_ascii_alphanumeric() || "._%+'-".contains(c);
    let labels_ok = domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    });
    let top = domain.rsplit('.').next().unwrap_or_default();
    text.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && local.chars().all(local_ok)
        && domain.contains('.')
        && labels_ok
        && top.len() >= 2
        && top.starts_with(|c: char| c.is_ascii_alphabetic())
}

pub fn username(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let fits = (3..=50).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must be 3 to 50 letters, digits, dots, dashes or underscores".into())
    }
}

/// Names of roles and permissions, resources and actions: a letter, then up to 99 of a small alphabet.
pub fn slug(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let fits = text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._:*-".contains(c));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must begin with a letter and have up to 100 letters, digits or . _ : * -".into())
    }
}

/// A password good enough for a new account.
pub fn password(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    strong_password(text)?;
    Ok(text.to_owned())
}

/// 8 to 128 characters with at least one letter and one digit.
///
/// # Errors
/// What is missing.
pub fn strong_password(text: &str) -> Result<(), &'static str> {
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&text.chars().count()) {
        return Err("must be 8 to 128 characters long");
    }
    if !text.chars().any(char::is_alphabetic) || !text.chars().any(|c| c.is_ascii_digit()) {
        return Err("must have a letter and a digit");
    }
    Ok(())
}

pub fn phone(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let fits = (5..=15).contains(&digits)
        && text.len() <= 25
        && text.starts_with(|c: char| c == '+' || c == '(' || c.is_ascii_digit())
        && text
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_digit() || " ()./-".contains(c));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must be a telephone number such as +49 30 1234567".into())
    }
}

pub fn document(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let fits = (3..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " ./-".contains(c));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must be 3 to 32 letters, digits, blanks or . / -".into())
    }
}

/// An http or https address up to 2,048 characters.
pub fn link(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let fits = text.len() <= 2048
        && host
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must be an http or https address".into())
    }
}

/// A calendar day, `YYYY-MM-DD`, from 1900 on.
pub fn date(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    if text.len() == 10 && day.is_ok_and(|day| (1900..=2100).contains(&day.year())) {
        Ok(text.to_owned())
    } else {
        Err("must be a day such as 1990-12-31".into())
    }
}

/// One of [`GENDERS`].
pub fn gender(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    if GENDERS.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(format!("must be one of {}", GENDERS.join(", ")).into())
    }
}

pub const GENDERS: [&str; 5] = ["female", "male", "non_binary", "other", "prefer_not_to_say"];

/// Like a name of the time zone database: `Europe/Berlin`, `UTC`, `Etc/GMT+3`.
pub fn timezone(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let fits = (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+/-".contains(c));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must be a time zone such as Europe/Berlin".into())
    }
}

/// A language tag as in BCP 47, shape only: `de`, `pt-BR`.
pub fn language(value: &Value) -> Verdict<String> {
    let text = text(value)?;
    let mut parts = text.split(['-', '_']);
    let first = parts
        .next()
        .is_some_and(|p| (2..=3).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphabetic()));
    let rest =
        parts.all(|p| (2..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric()));
    if first && rest && text.len() <= 35 {
        Ok(text.to_owned())
    } else {
        Err("must be a language such as de or pt-BR".into())
    }
}

/// `true` or `false`; in a query string as text.
pub fn flag(value: &Value) -> Verdict<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" || text == "1" => Ok(true),
        Value::String(text) if text == "false" || text == "0" => Ok(false),
        _ => Err("must be true or false".into()),
    }
}

/// A JSON boolean and nothing else.
pub fn boolean(value: &Value) -> Verdict<bool> {
    value
        .as_bool()
        .ok_or_else(|| "must be true or false".into())
}

/// A whole number in a query string.
pub fn number(value: &Value, min: u32, max: u32) -> Verdict<u32> {
    let parsed = text(value)?.parse::<u32>();
    match parsed {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("must be a whole number from {min} to {max}").into()),
    }
}

/// What one may search for: 1 to 100 characters.
pub fn needle(value: &Value) -> Verdict<String> {
    sized(value, 1, 100)
}

/// A non-empty list of at most 100 ids.
pub fn ids(value: &Value) -> Verdict<Vec<Uuid>> {
    let list = value.as_array().ok_or("must be a list of ids")?;
    if list.is_empty() || list.len() > 100 {
        return Err("must have 1 to 100 ids".into());
    }
    let mut ids = Vec::with_capacity(list.len());
    for item in list {
        let id = item
            .as_str()
            .and_then(|text| Uuid::try_parse(text).ok())
            .ok_or("must be a list of UUIDs")?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

//! Media types (RFC 9110, 8.3) and the ranges of them that documents name.

/// The type without its parameters.
pub(super) fn essence(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// Whether it is JSON: `application/json`, `text/json`, `application/problem+json`.
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let Some((_, kind)) = essence.split_once('/') else {
        return false;
    };
    let suffix = kind.rsplit('+').next().unwrap_or_default();
    suffix.eq_ignore_ascii_case("json")
}

/// How well a range such as `application/json`, `text/*` or `*/*` fits a type; none: it does not.
pub(super) fn fit(range: &str, media_type: &str) -> Option<u8> {
    let (range, media_type) = (essence(range), essence(media_type));
    if range.eq_ignore_ascii_case(media_type) {
        return Some(2);
    }
    if range == "*/*" {
        return Some(0);
    }
    let (family, _) = media_type.split_once('/')?;
    let wanted = range.strip_suffix("/*")?;
    wanted.eq_ignore_ascii_case(family).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_fits_what_it_names() {
        assert_eq!(
            fit("application/json", "Application/JSON; charset=utf-8"),
            Some(2)
        );
        assert_eq!(fit("text/*", "text/csv"), Some(1));
        assert_eq!(fit("*/*", "image/png"), Some(0));
        assert_eq!(fit("application/json", "text/json"), None);
        assert!(is_json("application/problem+json; charset=utf-8"));
        assert!(!is_json("application/jsonl"));
    }
}

//! Public suffixes and registrable domains by the list of publicsuffix.org, which is part of the program.
//!
//! The list is a sorted text that is searched as it is: no code for each rule, which would be an eighth of what is compiled,
//! and nothing to build when the program starts. `update` writes it anew. It has a licence of its own (MPL 2.0, beside it),
//! and so it is in a crate of its own.
//!
//! In: a name in lower case and in the letters of DNS, as the URL standard writes hosts. Out: a part of it. It must never
//! know of cookies and recordings.

use std::cmp::Ordering;

const LIST: &str = include_str!("../list.txt");

/// No rule has more labels.
const MOST_LABELS: usize = 8;

/// The public suffix of a name, such as `co.uk` of `www.example.co.uk`; the last label where no rule matches. None for a
/// name that is empty. A dot at the end of the name is not part of what comes back.
#[must_use]
pub fn suffix(name: &str) -> Option<&str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let dots = name.rmatch_indices('.').map(|(dot, _)| dot + 1);
    let mut starts: Vec<usize> = dots.take(MOST_LABELS - 1).collect();
    if starts.len() < MOST_LABELS - 1 {
        starts.push(0);
    }
    let last = starts.first().map(|start| &name[*start..]);
    // The longest rule wins, and an exception is longer than the rule that it is an exception of.
    let by_rule = starts.iter().rev().find_map(|start| {
        let candidate = &name[*start..];
        let parent = candidate.split_once('.').map(|(_, parent)| parent);
        if parent.is_some() && has_rule("!", candidate) {
            return parent;
        }
        let matches = has_rule("", candidate) || parent.is_some_and(|it| has_rule("*.", it));
        matches.then_some(candidate)
    });
    by_rule.or(last).filter(|suffix| !suffix.is_empty())
}

/// The registrable domain of a name: its public suffix and one label more, such as `example.co.uk` of `www.example.co.uk`.
/// None where the name is a public suffix itself.
#[must_use]
pub fn registrable_domain(name: &str) -> Option<&str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let before = name.strip_suffix(suffix(name)?)?.strip_suffix('.')?;
    let start = before.rfind('.').map_or(0, |dot| dot + 1);
    (start < before.len()).then(|| &name[start..])
}

/// Whether the list has a line of this mark (nothing, `!` or `*.`) and this name.
fn has_rule(mark: &str, name: &str) -> bool {
    let list = LIST.as_bytes();
    // The line that is sought begins at `low` or later, and before `high`; both are where lines begin.
    let (mut low, mut high) = (rules(), list.len());
    while low < high {
        let middle = low.midpoint(high);
        let start = list[..middle].iter().rposition(|byte| *byte == b'\n');
        let start = start.map_or(0, |end| end + 1);
        let length = list[start..].iter().position(|byte| *byte == b'\n');
        let end = length.map_or(list.len(), |length| start + length);
        let sought = mark.bytes().chain(name.bytes());
        match list[start..end].iter().copied().cmp(sought) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

/// Where the rules begin: after the comments.
fn rules() -> usize {
    let comments = LIST.lines().take_while(|line| line.starts_with("//"));
    comments.map(|line| line.len() + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::{LIST, MOST_LABELS, has_rule, registrable_domain, rules, suffix};

    #[test]
    fn rules_wildcards_and_names_without_a_rule() {
        assert_eq!(suffix("www.example.co.uk"), Some("co.uk"));
        assert_eq!(suffix("someone.github.io"), Some("github.io"));
        assert_eq!(suffix("a.nom.br"), Some("a.nom.br"));
        assert_eq!(suffix("nom.br"), Some("br"));
        assert_eq!(suffix("www.ck"), Some("ck"));
        assert_eq!(suffix("shop.xn--55qx5d.cn"), Some("xn--55qx5d.cn"));
        assert_eq!(suffix("localhost"), Some("localhost"));
        assert_eq!(suffix("example.com."), Some("com"));
        for nothing in ["", ".", "example..", ".."] {
            assert_eq!(suffix(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_registrable_domain_is_a_suffix_and_one_label() {
        assert_eq!(
            registrable_domain("www.example.co.uk"),
            Some("example.co.uk")
        );
        assert_eq!(registrable_domain("github.io"), None);
        let deep = format!("{}example.co.uk", "a.".repeat(1000));
        assert_eq!(registrable_domain(&deep), Some("example.co.uk"));
    }

    /// The cases of publicsuffix.org, without those in letters that no host has here.
    #[test]
    fn the_cases_of_the_list() {
        let mut cases = 0;
        for line in include_str!("test_psl.txt").lines() {
            let Some(case) = line.strip_prefix("checkPublicSuffix(") else {
                continue;
            };
            let (name, domain) = case.strip_suffix(");").unwrap().split_once(", ").unwrap();
            let name = name.trim_matches('\'');
            let is_host = name.is_ascii() && !name.starts_with('.') && name != "null";
            if is_host && name == name.to_ascii_lowercase() {
                let expected = Some(domain.trim_matches('\'')).filter(|domain| *domain != "null");
                assert_eq!(registrable_domain(name), expected, "{name}");
                cases += 1;
            }
        }
        assert!(cases > 60, "{cases}");
    }

    #[test]
    fn every_rule_is_found_and_the_list_is_in_order() {
        let lines: Vec<&str> = LIST[rules()..].lines().collect();
        assert!(lines.len() > 5000);
        for pair in lines.windows(2) {
            assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
        }
        for rule in lines {
            assert!(has_rule("", rule), "{rule}");
            assert!(!has_rule("", &format!("{rule}-")), "{rule}");
            assert!(rule.split('.').count() < MOST_LABELS, "{rule}");
            assert!(rule.is_ascii() && rule == rule.to_ascii_lowercase());
        }
    }
}

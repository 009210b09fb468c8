//! Public suffixes by the list of publicsuffix.org.
//!
//! The list is generic code in `psl`, which is compiled into each crate that calls it: in throng's own crate that was an
//! eighth of what LLVM had to compile, in each build of it. Here it is compiled once, and for size.
//!
//! In: a name in lower case. Out: a part of it. It must never know of cookies and recordings.

/// The public suffix of a name, such as `co.uk` of `www.example.co.uk`; the last label where no rule matches. None for a
/// name that is empty.
#[must_use]
#[inline(never)]
pub fn suffix(name: &str) -> Option<&str> {
    psl::suffix_str(name)
}

/// The registrable domain of a name: its public suffix and one label more, such as `example.co.uk` of `www.example.co.uk`.
/// None where the name is a public suffix itself.
#[must_use]
#[inline(never)]
pub fn registrable_domain(name: &str) -> Option<&str> {
    psl::domain_str(name)
}

#[cfg(test)]
mod tests {
    use super::{registrable_domain, suffix};

    #[test]
    fn rules_wildcards_and_names_without_a_rule() {
        assert_eq!(suffix("www.example.co.uk"), Some("co.uk"));
        assert_eq!(suffix("someone.github.io"), Some("github.io"));
        assert_eq!(suffix("a.nom.br"), Some("a.nom.br"));
        assert_eq!(suffix("localhost"), Some("localhost"));
        assert_eq!(suffix(""), None);
    }

    #[test]
    fn a_registrable_domain_is_a_suffix_and_one_label() {
        assert_eq!(
            registrable_domain("www.example.co.uk"),
            Some("example.co.uk")
        );
        assert_eq!(registrable_domain("github.io"), None);
    }
}

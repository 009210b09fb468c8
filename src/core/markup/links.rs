//! Where a page leads to.

use url::Url;

use super::document::{Document, Node};

impl Document {
    /// The URL against which those of the page are resolved: that of `<base href>`, or its own.
    pub fn base(&self, page: &Url) -> Url {
        let mut bases = self.below(self.root());
        let base = bases.find(|node| self.is(*node, "base") && self.has(*node, "href"));
        let href = base.and_then(|node| self.attr(node, "href"));
        href.and_then(|href| page.join(href.trim()).ok())
            .unwrap_or_else(|| page.clone())
    }

    /// Where the links among these nodes and below them lead, each once, in the order of the page: whole URLs on the page's
    /// own origin, without fragment. What leads elsewhere, or only to a place in the page, is left out.
    pub fn links(&self, within: &[Node], page: &Url) -> Vec<String> {
        let base = self.base(page);
        let mut seen = std::collections::HashSet::new();
        let mut links = Vec::new();
        let inside = within
            .iter()
            .flat_map(|node| std::iter::once(*node).chain(self.below(*node)));
        for node in inside {
            if !matches!(self.name(node), Some("a" | "area")) {
                continue;
            }
            let Some(href) = self.attr(node, "href").map(str::trim) else {
                continue;
            };
            if href.starts_with('#') {
                continue;
            }
            let Ok(mut url) = base.join(href) else {
                continue;
            };
            url.set_fragment(None);
            if url.origin() != page.origin() || !matches!(url.scheme(), "http" | "https") {
                continue;
            }
            let url = literal(&url);
            if seen.insert(url.clone()) {
                links.push(url);
            }
        }
        links
    }
}

/// A URL without user and password, whose braces are not those of a template.
pub(super) fn literal(url: &Url) -> String {
    let mut url = url.clone();
    // Each fails only for URLs that can have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.as_str().replace('{', "%7B").replace('}', "%7D")
}

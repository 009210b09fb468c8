//! What a browser loads with a page: images, scripts, style sheets. Found by the tokens of the page, without a tree.

use std::cell::RefCell;
use std::collections::HashSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use url::Url;

use super::html::PIECE;
use super::links::literal;

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetKind {
    Image,
    Script,
    Stylesheet,
}

impl AssetKind {
    /// `Accept` as browsers send it for such a request (Fetch, 2.2.2).
    pub fn accept(self) -> &'static str {
        match self {
            Self::Image => "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
            Self::Script => "*/*",
            Self::Stylesheet => "text/css,*/*;q=0.1",
        }
    }
}

/// Something that a page loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub kind: AssetKind,
    /// The whole URL.
    pub url: String,
}

/// The assets of a page, each once, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// Those on the origin of the page, or on one that the caller allows.
    pub own: Vec<Asset>,
    /// How many are elsewhere.
    pub foreign: usize,
}

impl Assets {
    /// Those of the page at this URL: `img` with `src`, `script` with `src`, `link` of a style sheet, `input` of the type
    /// image. What is in `noscript`, images that are loaded when they come into view, and what style sheets and scripts
    /// would load in turn, is not among them. `goes_on` is asked after each few kilobytes; where it says no, the rest of the
    /// page is not looked at.
    pub fn of(
        html: &[u8],
        page: &Url,
        is_allowed: impl Fn(&Url) -> bool,
        mut goes_on: impl FnMut() -> bool,
    ) -> Self {
        let text = String::from_utf8_lossy(html);
        let input = BufferQueue::default();
        let tokenizer = Tokenizer::new(Finder::default(), TokenizerOpts::default());
        let mut rest = &*text;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
            input.push_back(StrTendril::from_slice(piece));
            let _ = tokenizer.feed(&input);
            rest = behind;
            if !goes_on() {
                break;
            }
        }
        tokenizer.end();
        let found = tokenizer.sink.found.into_inner();
        let base = found
            .base
            .and_then(|base| page.join(base.trim()).ok())
            .unwrap_or_else(|| page.clone());
        let (mut assets, mut seen) = (Self::default(), HashSet::new());
        for (kind, url) in found.urls {
            let Ok(mut url) = base.join(url.trim()) else {
                continue;
            };
            // `data:` is in the page already.
            if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
                continue;
            }
            url.set_fragment(None);
            let asset = Asset {
                kind,
                url: literal(&url),
            };
            if !seen.insert(asset.url.clone()) {
                continue;
            }
            if url.origin() == page.origin() || is_allowed(&url) {
                assets.own.push(asset);
            } else {
                assets.foreign += 1;
            }
        }
        assets
    }
}

#[derive(Default)]
struct Finder {
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    base: Option<String>,
    urls: Vec<(AssetKind, String)>,
}

impl TokenSink for Finder {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else {
            return TokenSinkResult::Continue;
        };
        if tag.kind != TagKind::StartTag {
            return TokenSinkResult::Continue;
        }
        self.found.borrow_mut().note(&tag);
        // What the tree builder would say: behind these begins text, not markup.
        match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "noscript" | "iframe" | "noembed" | "noframes" | "xmp" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Found {
    fn note(&mut self, tag: &Tag) {
        let attr = |name: &str| {
            let mut attrs = tag.attrs.iter();
            attrs
                .find(|attr| &*attr.name.local == name)
                .map(|attr| attr.value.to_string())
        };
        let is = |name: &str, value: &str| {
            attr(name).is_some_and(|given| given.eq_ignore_ascii_case(value))
        };
        let (kind, url) = match &*tag.name {
            "base" if self.base.is_none() => {
                self.base = attr("href");
                return;
            }
            "img" if !is("loading", "lazy") => (AssetKind::Image, attr("src")),
            "input" if is("type", "image") => (AssetKind::Image, attr("src")),
            "script" => (AssetKind::Script, attr("src")),
            "link" => {
                let rel = attr("rel").unwrap_or_default();
                let has = |word: &str| {
                    rel.split_ascii_whitespace()
                        .any(|one| one.eq_ignore_ascii_case(word))
                };
                if !has("stylesheet") || has("alternate") {
                    return;
                }
                (AssetKind::Stylesheet, attr("href"))
            }
            _ => return,
        };
        if let Some(url) = url.filter(|url| !url.trim().is_empty()) {
            self.urls.push((kind, url));
        }
    }
}

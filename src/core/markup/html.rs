//! Parses HTML as browsers do (WHATWG), in pieces, with a look at the cost after each.

use html5ever::driver::{ParseOpts, parse_document};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;

use super::document::Document;
use super::sink::Sink;
use super::{MAX_DEPTH, ParseError};

/// Bytes that are parsed between two looks at the cost. Some pages cost more for each byte the deeper they are, or the
/// more attributes an element has: then a piece this small still takes a fraction of a second at most.
pub(super) const PIECE: usize = 4 << 10;

impl Document {
    /// The tree of an HTML page, which may be as broken as it likes. `text` is read as UTF-8; what is not becomes U+FFFD.
    /// `tick` is called after each few kilobytes, and may stop it. Scripts are not run, so that `noscript` counts.
    ///
    /// # Errors
    /// When the tree would be too deep, or take more than `most` bytes, and what `tick` returns.
    pub fn html<E>(
        text: &[u8],
        most: usize,
        mut tick: impl FnMut() -> Result<(), E>,
    ) -> Result<Self, ParseError<E>> {
        let options = ParseOpts {
            tree_builder: TreeBuilderOpts {
                scripting_enabled: false,
                ..TreeBuilderOpts::default()
            },
            ..ParseOpts::default()
        };
        // What is no UTF-8 takes up to three times its bytes.
        let cost_of_text = |bytes: usize| bytes.saturating_add(bytes / 2);
        let text = String::from_utf8_lossy(text);
        let mut parser = parse_document(Sink::new(), options);
        let mut bytes = cost_of_text(text.len());
        let mut rest = &*text;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
            parser.process(StrTendril::from_slice(piece));
            rest = behind;
            let sink = &parser.tokenizer.sink.sink;
            bytes = cost_of_text(text.len()) + sink.bytes();
            if bytes > most {
                return Err(ParseError::TooLarge);
            }
            if sink.depth() > MAX_DEPTH {
                return Err(ParseError::TooDeep);
            }
            tick().map_err(ParseError::Stopped)?;
        }
        let (tree, owners) = parser.finish();
        Ok(Self {
            tree,
            owners,
            bytes,
            is_xml: false,
        })
    }
}

//! Parses XML. Documents with a DTD of their own are refused: no entity is expanded that is not one of XML's five.

use html5ever::interface::{ElementFlags, NodeOrText, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, ns};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::document::Document;
use super::sink::{ATTRIBUTE_BYTES, NODE_BYTES, Sink};
use super::{MAX_DEPTH, ParseError};

/// Events between two looks at the cost.
const LOOK: usize = 64;

impl Document {
    /// The tree of an XML document in UTF-8. Elements and attributes go by their local names, `creator` for `dc:creator`.
    /// `tick` is called again and again, and may stop it.
    ///
    /// # Errors
    /// Where it is not well-formed, has a document type declaration, would be too deep or take more than `most` bytes, and
    /// what `tick` returns.
    pub fn xml<E>(
        text: &[u8],
        most: usize,
        mut tick: impl FnMut() -> Result<(), E>,
    ) -> Result<Self, ParseError<E>> {
        let text = std::str::from_utf8(text).map_err(|why| {
            ParseError::Syntax(format!("it is not UTF-8 at byte {}", why.valid_up_to()))
        })?;
        let mut reader = Reader::from_str(text);
        let mut build = Build::new(text.len());
        for number in 1_usize.. {
            let event = reader.read_event();
            let at = reader.buffer_position();
            let event = event.map_err(|why| {
                let at = reader.error_position();
                ParseError::Syntax(format!("{why} at byte {at}"))
            })?;
            let done = matches!(event, Event::Eof);
            build
                .take(event)
                .map_err(|why| ParseError::Syntax(format!("{why} at byte {at}")))?;
            if done {
                break;
            }
            if build.open.len() > MAX_DEPTH {
                return Err(ParseError::TooDeep);
            }
            if build.bytes > most {
                return Err(ParseError::TooLarge);
            }
            if number.is_multiple_of(LOOK) {
                tick().map_err(ParseError::Stopped)?;
            }
        }
        let (tree, owners) = build.sink.finish();
        Ok(Self {
            tree,
            owners,
            bytes: build.bytes,
            is_xml: true,
        })
    }
}

struct Build {
    sink: Sink,
    open: Vec<ego_tree::NodeId>,
    has_root: bool,
    bytes: usize,
}

impl Build {
    fn new(length: usize) -> Self {
        Self {
            sink: Sink::new(),
            open: Vec::new(),
            has_root: false,
            bytes: length.saturating_mul(2),
        }
    }

    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(start) => {
                let id = self.element(&start)?;
                self.open.push(id);
            }
            Event::Empty(start) => drop(self.element(&start)?),
            Event::End(_) => drop(self.open.pop()),
            Event::Text(text) => {
                let text = text.decode().map_err(|why| why.to_string())?;
                self.text(&text)?;
            }
            Event::CData(text) => {
                let text = text.decode().map_err(|why| why.to_string())?;
                self.text(&text)?;
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|why| why.to_string())?;
                let meant = reference
                    .resolve_char_ref()
                    .map_err(|why| why.to_string())?;
                match (meant, resolve_predefined_entity(&name)) {
                    (Some(letter), _) => self.text(letter.encode_utf8(&mut [0; 4]))?,
                    (None, Some(text)) => self.text(text)?,
                    (None, None) => return Err(format!("the entity &{name}; is not defined")),
                }
            }
            Event::DocType(_) => {
                return Err("it has a document type declaration, which is not read".to_owned());
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof if !self.open.is_empty() => {
                return Err(format!("{} elements are not closed", self.open.len()));
            }
            Event::Eof if !self.has_root => return Err("it has no element".to_owned()),
            Event::Eof => {}
        }
        Ok(())
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<ego_tree::NodeId, String> {
        if self.open.is_empty() && std::mem::replace(&mut self.has_root, true) {
            return Err("a second element at the top".to_owned());
        }
        let mut attrs = Vec::new();
        // Who looks for two of one name takes the square of the time.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|why| why.to_string())?;
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|why| why.to_string())?;
            attrs.push(Attribute {
                name: name(attribute.key.local_name().as_ref()),
                value: StrTendril::from_slice(&value),
            });
        }
        self.bytes += NODE_BYTES + attrs.len() * ATTRIBUTE_BYTES;
        let name = name(start.local_name().as_ref());
        let flags = ElementFlags::default();
        let id = self.sink.create_element(name, attrs, flags);
        self.append(NodeOrText::AppendNode(id));
        Ok(id)
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if self.open.is_empty() {
            return match text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']) {
                "" => Ok(()),
                _ => Err("text outside of the element at the top".to_owned()),
            };
        }
        self.bytes += NODE_BYTES;
        self.append(NodeOrText::AppendText(StrTendril::from_slice(text)));
        Ok(())
    }

    fn append(&self, child: NodeOrText<ego_tree::NodeId>) {
        let document = self.sink.get_document();
        let parent = self.open.last().copied().unwrap_or(document);
        self.sink.append(&parent, child);
    }
}

/// A name without a namespace: so that it keeps its case, and selectors match it.
fn name(local: &[u8]) -> QualName {
    let local = String::from_utf8_lossy(local);
    QualName::new(None, ns!(), LocalName::from(&*local))
}

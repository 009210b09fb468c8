//! Documents that a step has parsed, HTML and XML: they are kept until it ends, and their memory is charged to its VM.

use std::cell::Cell;
use std::rc::Rc;

use url::Url;

use crate::markup::Document;

thread_local! {
    /// Bytes of all documents of this thread: with none, nobody needs to ask which VM they are charged to.
    static ALL: Cell<usize> = const { Cell::new(0) };
}

/// A document of a response.
pub struct ParsedDocument {
    /// The document.
    pub document: Document,
    /// Where the response came from.
    pub url: Url,
    /// The user that parsed it; it is nobody else's.
    pub user: u64,
}

/// The documents of a step under way.
#[derive(Default)]
pub struct Documents(Vec<Held>);

struct Held {
    /// The handle of the response, and whether it was read as XML.
    of: (i64, bool),
    document: Rc<ParsedDocument>,
    _charge: Charge,
}

impl Documents {
    /// The document of a response, if it was parsed before.
    pub fn get(&self, response: i64, is_xml: bool) -> Option<&Rc<ParsedDocument>> {
        let held = self.0.iter().find(|held| held.of == (response, is_xml))?;
        Some(&held.document)
    }

    /// Keeps a document, and charges it to an account of bytes.
    pub fn keep(
        &mut self,
        of: (i64, bool),
        document: ParsedDocument,
        account: &Rc<Cell<usize>>,
    ) -> Rc<ParsedDocument> {
        let charge = Charge::on(account, document.document.bytes());
        let document = Rc::new(document);
        self.0.push(Held {
            of,
            document: Rc::clone(&document),
            _charge: charge,
        });
        document
    }

    /// Frees all.
    pub fn clear(&mut self) {
        if !self.0.is_empty() {
            self.0 = Vec::new();
        }
    }
}

/// Bytes of all documents of this thread.
pub fn bytes_of_thread() -> usize {
    ALL.get()
}

/// Bytes on an account, until it is dropped.
struct Charge {
    account: Rc<Cell<usize>>,
    bytes: usize,
}

impl Charge {
    fn on(account: &Rc<Cell<usize>>, bytes: usize) -> Self {
        account.set(account.get() + bytes);
        ALL.set(ALL.get() + bytes);
        Self {
            account: Rc::clone(account),
            bytes,
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.account
            .set(self.account.get().saturating_sub(self.bytes));
        ALL.set(ALL.get().saturating_sub(self.bytes));
    }
}

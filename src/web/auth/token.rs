use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What anyone who steers a run must show. It is a secret: no output of its own shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of these characters, which a header can carry.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether this is it. Hashes are compared, in a time that is the same however much of it is right and however
    /// long it is, so that it cannot be found letter by letter.
    pub fn is(&self, shown: &str) -> bool {
        let hash = |text: &str| Sha256::digest(text.as_bytes());
        hash(&self.0).ct_eq(&hash(shown)).into()
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

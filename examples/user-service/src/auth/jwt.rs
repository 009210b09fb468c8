//! JSON Web Tokens (RFC 7519) signed with HS256, which only their signer reads.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;

/// `{"typ":"JWT","alg":"HS256"}` in base64url.
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9";

/// What tokens are signed with.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// The key of a secret of 256 bits.
    pub fn new(secret: &[u8; 32]) -> Self {
        // A shorter key is one that zeros were added to (RFC 2104, 2).
        let mut block = [0; 64];
        block[..secret.len()].copy_from_slice(secret);
        Self(Hmac::new(&block.into()))
    }

    /// A token with these claims.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn sign(&self, claims: &impl Serialize) -> serde_json::Result<String> {
        let mut token = String::with_capacity(512);
        token.push_str(HEADER);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims)?, &mut token);
        let signature = self.0.clone().chain_update(&token).finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The claims of a token that this key has signed; none of any other. Their times are not looked at.
    pub fn verify<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let (message, signature) = token.rsplit_once('.')?;
        let claims = message.strip_prefix(HEADER)?.strip_prefix('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signed = self.0.clone().chain_update(message);
        signed.verify_slice(&signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{HEADER, Key};

    /// Made with the secret of 32 letters k by `openssl dgst -sha256 -hmac`.
    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.Na9JRRRkNY6C-eT7xgVBBQk743CWOq9yGc5FrADxl9g";

    #[test]
    fn tokens_are_those_of_other_programs() {
        let key = Key::new(&[b'k'; 32]);
        assert_eq!(key.sign(&json!({"sub": "7"})).unwrap(), TOKEN);
        assert_eq!(key.verify(TOKEN), Some(json!({"sub": "7"})));
    }

    #[test]
    fn a_token_that_was_changed_is_not_one() {
        let key = Key::new(&[b'k'; 32]);
        let other = Key::new(&[b'o'; 32]);
        assert_eq!(other.verify::<Value>(TOKEN), None);
        let (message, signature) = TOKEN.rsplit_once('.').unwrap();
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", &message[HEADER.len() + 1..]);
        let changed = TOKEN.replacen(".e", ".f", 1);
        let cut = format!("{message}.{}", &signature[1..]);
        for token in ["", ".", "..", &unsigned, &changed, &cut, message] {
            assert_eq!(key.verify::<Value>(token), None, "{token}");
        }
    }
}

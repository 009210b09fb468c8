//! HTTP digest authentication (RFC 7616): MD5 and SHA-256, also as sessions, with `auth`, `auth-int` or neither.

use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::challenge::challenges;
use crate::http::{Request, Response};
use crate::secrets::remember;

/// Name and password of a user, and what the target last asked for.
pub struct Digest {
    name: String,
    password: String,
    /// Makes its client nonces differ from those of other users.
    salt: u64,
    challenge: Option<Challenge>,
}

impl std::fmt::Debug for Digest {
    /// Never the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digest")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the target asks for.
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// The word as the target wrote it; none where it wrote none.
    word: Option<String>,
    quality: Quality,
    hides_name: bool,
    /// Requests that were signed with this nonce.
    count: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Algorithm {
    is_sha256: bool,
    is_session: bool,
}

/// What is protected (`qop`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quality {
    /// As RFC 2069 had it.
    None,
    Auth,
    AuthInt,
}

impl Algorithm {
    fn named(word: Option<&str>) -> Option<Self> {
        let word = word.unwrap_or("MD5").to_ascii_uppercase();
        let (base, is_session) = match word.strip_suffix("-SESS") {
            Some(base) => (base, true),
            None => (&*word, false),
        };
        let is_sha256 = match base {
            "MD5" => false,
            "SHA-256" => true,
            _ => return None,
        };
        Some(Self {
            is_sha256,
            is_session,
        })
    }

    fn hash(self, bytes: impl AsRef<[u8]>) -> String {
        let digest = match self.is_sha256 {
            true => Sha256::digest(bytes).to_vec(),
            false => Md5::digest(bytes).to_vec(),
        };
        hex(&digest)
    }
}

impl Digest {
    /// A user that was not asked yet.
    pub fn new(name: String, password: String, salt: u64) -> Self {
        remember(&password);
        Self {
            name,
            password,
            salt,
            challenge: None,
        }
    }

    /// Adds `Authorization`, once the target has said what it wants.
    pub(super) fn sign(&mut self, request: &mut Request) {
        request.headers.remove("authorization");
        let Some(challenge) = &mut self.challenge else {
            return;
        };
        challenge.count = challenge.count.wrapping_add(1);
        let client_nonce = {
            let text = format!("{}:{}:{}", self.salt, challenge.nonce, challenge.count);
            hex(&Sha256::digest(text)[..16])
        };
        let value = answer(
            challenge,
            (&self.name, &self.password),
            &client_nonce,
            request,
        );
        // Quoted texts have no control characters: what has is no challenge.
        let _ = request.headers.push("Authorization", value);
    }

    /// Takes the challenge of a 401; whether the request is to be signed by it. After one that was signed, only for a nonce
    /// that is stale: else name or password are wrong.
    pub(super) fn is_challenged(&mut self, response: &Response, tries: u32) -> bool {
        if response.status != 401 {
            return false;
        }
        let lines: Vec<_> = response
            .headers
            .get_all("www-authenticate")
            .map(String::from_utf8_lossy)
            .collect();
        // The first that is known: the target lists the best one first.
        let found = lines
            .iter()
            .flat_map(|line| challenges(line))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("digest"))
            .find_map(|(_, params)| {
                let get = |name: &str| {
                    let mut params = params.iter();
                    params
                        .find(|(other, _)| other.eq_ignore_ascii_case(name))
                        .map(|(_, value)| value.as_str())
                };
                let is_stale = get("stale").is_some_and(|word| word.eq_ignore_ascii_case("true"));
                Some((Challenge::of(&get)?, is_stale))
            });
        let Some((challenge, is_stale)) = found else {
            return false;
        };
        self.challenge = Some(challenge);
        tries == 0 || (is_stale && tries == 1)
    }
}

impl Challenge {
    fn of<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let quality = match get("qop") {
            None => Quality::None,
            Some(words) => {
                let has = |word: &str| {
                    let mut words = words.split(',');
                    words.any(|one| one.trim().eq_ignore_ascii_case(word))
                };
                match (has("auth"), has("auth-int")) {
                    (true, _) => Quality::Auth,
                    (false, true) => Quality::AuthInt,
                    (false, false) => return None,
                }
            }
        };
        let word = get("algorithm");
        let (realm, nonce, opaque) = (get("realm")?, get("nonce")?, get("opaque"));
        let is_text = |text: &str| !text.chars().any(char::is_control);
        let all = [Some(realm), Some(nonce), opaque, word];
        if !all.into_iter().flatten().all(is_text) {
            return None;
        }
        Some(Self {
            realm: realm.to_owned(),
            nonce: nonce.to_owned(),
            opaque: opaque.map(str::to_owned),
            algorithm: Algorithm::named(word)?,
            word: word.map(str::to_owned),
            quality,
            hides_name: get("userhash").is_some_and(|word| word.eq_ignore_ascii_case("true")),
            count: 0,
        })
    }
}

/// The value of `Authorization`.
fn answer(
    challenge: &Challenge,
    (name, password): (&str, &str),
    client_nonce: &str,
    request: &Request,
) -> String {
    let Challenge {
        realm,
        nonce,
        algorithm,
        ..
    } = challenge;
    let uri = &request.target;
    let count = format!("{:08x}", challenge.count);
    let mut secret = algorithm.hash(format!("{name}:{realm}:{password}"));
    if algorithm.is_session {
        secret = algorithm.hash(format!("{secret}:{nonce}:{client_nonce}"));
    }
    let mut what = format!("{}:{uri}", request.method);
    if challenge.quality == Quality::AuthInt {
        what = format!("{what}:{}", algorithm.hash(&request.body));
    }
    let what = algorithm.hash(what);
    let quality = match challenge.quality {
        Quality::None => "",
        Quality::Auth => "auth",
        Quality::AuthInt => "auth-int",
    };
    let response = match challenge.quality {
        Quality::None => algorithm.hash(format!("{secret}:{nonce}:{what}")),
        _ => algorithm.hash(format!(
            "{secret}:{nonce}:{count}:{client_nonce}:{quality}:{what}"
        )),
    };
    let shown = match challenge.hides_name {
        true => algorithm.hash(format!("{name}:{realm}")),
        false => name.to_owned(),
    };
    let mut value = format!(
        "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\"",
        quoted(&shown),
        quoted(realm),
        quoted(nonce),
        quoted(uri)
    );
    if let Some(word) = &challenge.word {
        value += &format!(", algorithm={word}");
    }
    if let Some(opaque) = &challenge.opaque {
        value += &format!(", opaque={}", quoted(opaque));
    }
    if challenge.quality != Quality::None {
        value += &format!(", qop={quality}, nc={count}, cnonce=\"{client_nonce}\"");
    } else if algorithm.is_session {
        value += &format!(", cnonce=\"{client_nonce}\"");
    }
    if challenge.hides_name {
        value += ", userhash=true";
    }
    value
}

/// A quoted string (RFC 9110, 5.6.4).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use ::http::Method;

    use super::*;
    use crate::http::Origin;

    /// The example of RFC 7616, 3.9.1.
    #[test]
    fn the_response_is_that_of_the_rfc() {
        for (word, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let params = [
                ("realm", "http-auth@example.org"),
                ("nonce", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"),
                ("opaque", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"),
                ("algorithm", word),
                ("qop", "auth, auth-int"),
            ];
            let get = |name: &str| {
                let mut params = params.iter();
                params.find(|(other, _)| *other == name).map(|pair| pair.1)
            };
            let mut challenge = Challenge::of(&get).expect("it is one");
            challenge.count = 1;
            let (origin, _) = Origin::parse("http://www.example.org/").expect("it is one");
            let request = Request::new(Method::GET, Rc::new(origin), "/dir/index.html");
            let value = answer(
                &challenge,
                ("Mufasa", "Circle of Life"),
                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                &request,
            );
            assert!(
                value.contains(&format!("response=\"{response}\"")),
                "{value}"
            );
            assert!(
                value.contains(&format!("algorithm={word}, opaque=\"FQhe")),
                "{value}"
            );
            assert!(
                value.contains("qop=auth, nc=00000001, cnonce=\"f2/wE4"),
                "{value}"
            );
        }
    }
}

//! Tokens of a user: those of its login, and the fields that tell the target who asks.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::scheme::{Pointers, Scheme};
use super::signer::Signer;
use crate::http::Headers;
use crate::secrets::remember;

/// How long before its end a token is renewed, but not before a quarter of its life is over.
const RENEW_BEFORE: Duration = Duration::from_secs(5);
/// The pause after a renewal that failed; it doubles with each further one.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause, unless the target asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What a user holds.
#[derive(Debug, Default)]
pub struct Tokens {
    /// How it logged in.
    pub(crate) scheme: Option<Arc<Scheme>>,
    /// The value of `Authorization`.
    authorization: Option<String>,
    /// What signs each request, in place of `authorization`.
    signer: Option<Box<Signer>>,
    /// Further fields of every request, by name.
    fields: Vec<(String, String)>,
    pub(crate) access: Option<String>,
    pub(crate) refresh: Option<String>,
    /// How long the last token was to live, where the target said it.
    life: Option<Duration>,
    /// When the token is to be renewed.
    due: Option<Instant>,
    /// Renewals that failed in a row, and until when none is tried.
    failures: u32,
    rests_until: Option<Instant>,
    /// Another number for each other token, in all sessions.
    version: u64,
    /// Renewals that failed, in all sessions.
    pub(crate) failed: u64,
    /// Held while the token is renewed.
    turn: Option<Rc<Mutex<()>>>,
}

impl Tokens {
    /// Adds what tells the target who asks, but for what the call itself says; `Authorization` where it may go along.
    pub fn authorize(&self, headers: &mut Headers, with_token: bool, with_fields: bool) {
        if let Some(value) = self.authorization.as_ref().filter(|_| with_token) {
            // Checked when it was set: a value that cannot be a header was refused there.
            let _ = headers.push("Authorization", value);
        }
        for (name, value) in self.fields.iter().filter(|_| with_fields) {
            if !headers.is_settled(name) {
                let _ = headers.push(name, value);
            }
        }
    }

    /// Which token it is that goes along now; none: none does.
    pub fn version(&self) -> Option<u64> {
        self.authorization.is_some().then_some(self.version)
    }

    /// The token that goes along: that of a login, or a bearer token that the script has set.
    pub fn token(&self) -> Option<String> {
        let bearer = || {
            let value = self.authorization.as_deref()?;
            let (scheme, token) = value.split_once(' ')?;
            let is_bearer = scheme.eq_ignore_ascii_case("bearer");
            is_bearer.then(|| token.trim().to_owned())
        };
        self.access.clone().or_else(bearer)
    }

    /// The names of the fields in which its secrets go along, beside `Authorization`.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    /// Forgets everything: a new session begins.
    pub fn clear(&mut self) {
        *self = Self {
            version: self.version + 1,
            failed: self.failed,
            ..Self::default()
        };
    }

    /// Forgets the token, and keeps the further fields.
    pub(crate) fn log_out(&mut self) {
        let fields = std::mem::take(&mut self.fields);
        self.clear();
        self.fields = fields;
    }

    /// Says who asks in another way than by a tokens.
    pub(crate) fn set_authorization(&mut self, value: String) {
        self.log_out();
        self.authorization = Some(value);
    }

    /// Signs each request from now on, in place of a token.
    pub(crate) fn set_signer(&mut self, signer: Signer) {
        self.log_out();
        self.signer = Some(Box::new(signer));
    }

    /// What signs its requests, if that is so.
    pub fn signer(&mut self) -> Option<&mut Signer> {
        self.signer.as_deref_mut()
    }

    /// Has a field go along with every request, in place of one of that name; none: not any more.
    pub(crate) fn set_field(&mut self, name: &str, value: Option<String>) {
        self.fields
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        if let Some(value) = value {
            self.fields.push((name.to_owned(), value));
        }
    }

    /// Takes the tokens out of the answer to a login; whether there was one.
    pub(crate) fn accept(&mut self, scheme: &Arc<Scheme>, body: &[u8]) -> bool {
        let Some(answer) = read(&scheme.login.answer, body) else {
            return false;
        };
        self.log_out();
        self.scheme = Some(Arc::clone(scheme));
        self.take(answer);
        true
    }

    /// Whether there is a way to get another token: a refresh token, or a login that needs no account.
    pub(crate) fn can_renew(&self) -> bool {
        let logs_in_again = |scheme: &Arc<Scheme>| scheme.renews_by_login;
        self.refresh.is_some() || self.scheme.as_ref().is_some_and(logs_in_again)
    }

    /// Takes the tokens out of the answer to a renewal; whether there was one. What the answer does not say stays as it
    /// was: the refresh token (RFC 6749, 6) and how long a token lives.
    pub(crate) fn renew(&mut self, answer: &Pointers, body: &[u8]) -> bool {
        let Some(mut answer) = read(answer, body) else {
            return false;
        };
        answer.refresh = answer.refresh.or(self.refresh.take());
        answer.life = answer.life.or(self.life);
        self.version += 1;
        self.take(answer);
        true
    }

    fn take(&mut self, answer: Answer) {
        let now = Instant::now();
        self.authorization = Some(format!("Bearer {}", answer.access));
        self.access = Some(answer.access);
        self.refresh = answer.refresh;
        self.life = answer.life;
        self.due = answer
            .life
            .and_then(|life| now.checked_add(life.saturating_sub(RENEW_BEFORE).max(life / 4)));
        self.failures = 0;
        self.rests_until = None;
    }

    /// A renewal failed: the next one is tried after a pause, or when the target says.
    pub(crate) fn fail(&mut self, asked: Option<Duration>) {
        let pause = PAUSE * 2_u32.pow(self.failures.min(10));
        self.failures += 1;
        self.failed += 1;
        let pause = pause.min(LONGEST_PAUSE).max(asked.unwrap_or_default());
        self.rests_until = Instant::now().checked_add(pause);
    }

    /// Whether the token is to be renewed before it is used.
    pub(crate) fn is_due(&self) -> bool {
        self.due.is_some_and(|due| due <= Instant::now()) && !self.rests()
    }

    /// Whether a renewal failed a short while ago.
    pub(crate) fn rests(&self) -> bool {
        self.rests_until.is_some_and(|end| end > Instant::now())
    }

    /// Taken to renew the token: one at a time.
    pub(crate) fn turn(&mut self) -> Rc<Mutex<()>> {
        Rc::clone(self.turn.get_or_insert_default())
    }
}

/// What an answer gives.
struct Answer {
    access: String,
    refresh: Option<String>,
    life: Option<Duration>,
}

fn read(pointers: &Pointers, body: &[u8]) -> Option<Answer> {
    let answer = crate::text::json_input::read(body).ok()?;
    let at = |pointer: &Option<String>| pointer.as_ref().and_then(|at| answer.pointer(at));
    let token = |value: Option<&Json>| {
        let text = value.and_then(Json::as_str).filter(|text| !text.is_empty());
        text.inspect(|text| remember(text)).map(str::to_owned)
    };
    Some(Answer {
        access: token(answer.pointer(&pointers.token))
            .filter(|access| Headers::new().push("Authorization", access).is_ok())?,
        refresh: token(at(&pointers.refresh)),
        life: at(&pointers.expires_in).and_then(seconds),
    })
}

/// How long a token lives, as a number or as text; nothing where it is none, or not above 0.
fn seconds(value: &Json) -> Option<Duration> {
    let seconds = match value {
        Json::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    let life = Duration::try_from_secs_f64(seconds).ok()?;
    (!life.is_zero()).then_some(life)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_life_is_a_number_or_text() {
        for (value, life) in [
            (json!(3600), Some(3600.0)),
            (json!(0.5), Some(0.5)),
            (json!("3600"), Some(3600.0)),
            (json!(" 1.5e1 "), Some(15.0)),
            (json!("3600s"), None),
            (json!(""), None),
            (json!("NaN"), None),
            (json!("inf"), None),
            (json!(0), None),
            (json!("-5"), None),
            (json!(1e300), None),
            (json!(null), None),
            (json!([3600]), None),
        ] {
            let read = seconds(&value).map(|life| life.as_secs_f64());
            assert_eq!(read, life, "{value}");
        }
    }

    #[test]
    fn a_token_that_is_due_is_tried_again_after_a_pause_that_grows() {
        let answer = |life: f64| Answer {
            access: "a".to_owned(),
            refresh: Some("r".to_owned()),
            life: Some(Duration::from_secs_f64(life)),
        };
        let mut tokens = Tokens::default();
        let left = |until: Option<Instant>| {
            until.map_or(f64::INFINITY, |until| {
                let left = until.saturating_duration_since(Instant::now());
                left.as_secs_f64()
            })
        };
        for (life, due) in [(3600.0, 3595.0), (7.0, 2.0), (6.0, 1.5), (4.0, 1.0)] {
            tokens.take(answer(life));
            assert!(
                due - left(tokens.due) < 0.5 && left(tokens.due) <= due,
                "{life}"
            );
            assert!(!tokens.is_due());
        }
        // Longer than any clock counts: it has no end.
        tokens.take(answer(1e19));
        assert!(!tokens.is_due());
        tokens.take(answer(1e-9));
        std::thread::sleep(Duration::from_millis(1));
        assert!(tokens.is_due());
        for pause in [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
            tokens.fail(None);
            assert!(tokens.rests() && !tokens.is_due());
            assert!(pause - left(tokens.rests_until) < 0.5, "{pause}");
            assert_eq!(tokens.refresh.as_deref(), Some("r"));
            tokens.rests_until = Some(Instant::now());
            assert!(tokens.is_due());
        }
        tokens.fail(Some(Duration::from_secs(60)));
        assert!(left(tokens.rests_until) > 59.0);
        tokens.take(answer(3600.0));
        assert!(!tokens.rests());
        tokens.fail(None);
        assert!(
            left(tokens.rests_until) <= 1.0,
            "counted from the start again"
        );
    }
}

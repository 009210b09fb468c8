//! Sends a call again after a failure that may pass by itself.

use std::time::Duration;

use ::http::Method;
use mlua::{LuaString, Table, Value};

use super::call::{self, Call};
use crate::http::ErrorKind;
use crate::metrics::Outcome;
use crate::pace::Backoff;
use crate::random::{Purpose, Stream};
use crate::request::permit::wish;
use crate::request::pipeline::{Reply, may_go_on};
use crate::script::api::argument;
use crate::script::user::context::{Context, User};

/// The pause before the first retry of a call that names none; its ceiling doubles with each further one.
const PAUSE: Duration = Duration::from_millis(200);
/// No pause is longer, unless the target asks for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Statuses that pass by themselves: too many requests, and gateways without a service.
const PASSING: [u16; 4] = [429, 502, 503, 504];
/// What the table may hold.
const KEYS: &str = "times, any_method, on, pause";

/// How often a call is sent again, after what.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// How often.
    pub times: u8,
    /// Also where sending twice may do its work twice.
    pub any_method: bool,
    /// After which statuses.
    pub on: Vec<u16>,
    /// Before the first retry.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            times: 0,
            any_method: false,
            on: PASSING.to_vec(),
            pause: PAUSE,
        }
    }
}

impl Retry {
    /// Reads `2`, or `{ times = 2, any_method = true, on = { 500 }, pause = 0.5 }`, where `times` may stand first without
    /// its name.
    ///
    /// # Errors
    /// Names the key, what is wrong with it and what to write.
    pub fn from_lua(value: Value) -> mlua::Result<Self> {
        let table = match value {
            Value::Table(table) => table,
            times => {
                return Ok(Self {
                    times: call::count("retry", &times)?,
                    ..Self::default()
                });
            }
        };
        let mut retry = Self {
            times: 1,
            ..Self::default()
        };
        table.for_each(|key: Value, value: Value| {
            match key {
                Value::Integer(1) => retry.times = call::count("retry[1]", &value)?,
                Value::String(key) => retry.read(&key, value)?,
                other => return Err(unknown(&argument::shown(&other))),
            }
            Ok(())
        })?;
        Ok(retry)
    }

    fn read(&mut self, key: &LuaString, value: Value) -> mlua::Result<()> {
        match &*key.to_string_lossy() {
            "times" => self.times = call::count("retry.times", &value)?,
            "any_method" => match value {
                Value::Boolean(any) => self.any_method = any,
                other => return Err(call::fault("retry.any_method", &other, "true or false")),
            },
            "on" => self.on = statuses(value)?,
            "pause" => self.pause = call::seconds("retry.pause", &value)?,
            other => return Err(unknown(other)),
        }
        Ok(())
    }

    /// Only what may be repeated safely (RFC 9110, 9.2.2) unless the script says otherwise, and only what may pass.
    fn wants(&self, call: &Call, reply: &Reply) -> bool {
        let idempotent = matches!(
            call.method,
            Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
        );
        let passing = match reply {
            Reply::Answer { response, .. } => {
                self.on.contains(&response.status)
                    && call.expect.judge(response.status) == Outcome::Unexpected
            }
            // Where the script may not go it may not go later; what was left alone was waited for.
            Reply::Failed { kind, .. } => {
                *kind != ErrorKind::NotAllowed.as_str() && *kind != super::CIRCUIT_OPEN
            }
            Reply::GivenUp { .. } | Reply::Misread { .. } => false,
        };
        (idempotent || self.any_method) && passing
    }

    /// Before retry number `attempt`, from 1: with jitter, and at least as long as the target asks for.
    fn pause(&self, attempt: u8, reply: &Reply, stream: &mut Stream) -> Duration {
        let backoff = Backoff {
            base: self.pause,
            cap: LONGEST_PAUSE.max(self.pause),
        };
        // The ceiling of the first one is twice the pause.
        let own = backoff.delay(u32::from(attempt), stream.float());
        let asked = match reply {
            Reply::Answer { response, .. } => wish(response),
            _ => None,
        };
        own.max(asked.unwrap_or_default())
    }
}

/// Waits before retry number `attempt` of a call, from 1, if there is to be one.
pub async fn again(context: &Context, call: &Call, reply: &Reply, attempt: u8) -> bool {
    let user = &context.user;
    if !call.retry.wants(call, reply) {
        return false;
    }
    let pause = call.retry.pause(attempt, reply, &mut stream(user));
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = user.shard.shutdown.wait() => {}
    }
    may_go_on(user).await;
    user.shard.recorder.borrow_mut().protection().retries += 1;
    true
}

/// A stream for each retry of a user: it moves none of the draws of its script.
fn stream(user: &User) -> Stream {
    let number = user.retries.replace(user.retries.get().wrapping_add(1));
    Stream::new(user.shard.terms.seed, user.number, Purpose::Retry(number))
}

fn statuses(value: Value) -> mlua::Result<Vec<u16>> {
    const WANTED: &str = "a status, or a list of them such as { 500, 503 }";
    let one = |value: &Value| match value {
        Value::Integer(status @ 100..=599) => Ok(*status as u16),
        other => Err(call::fault("retry.on", other, WANTED)),
    };
    match &value {
        Value::Table(list) => {
            let list: Table = list.clone();
            if list.raw_len() == 0 {
                return Err(call::fault("retry.on", &value, WANTED));
            }
            let listed = list.sequence_values::<Value>();
            listed.map(|status| one(&status?)).collect()
        }
        status => one(status).map(|status| vec![status]),
    }
}

fn unknown(key: &str) -> mlua::Error {
    mlua::Error::runtime(format!(
        "option retry has '{key}', which nothing reads; there are: {KEYS}"
    ))
}

//! What answers the requests of a test, and what was asked.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::http::{
    Answering, ErrorKind, Phase, Request, Responder, Simulated, SimulatedFault, SimulatedResponse,
};

/// What the tests of a file have set up: the mock of the test under way.
#[derive(Default)]
pub struct Answers(RefCell<Option<Rc<dyn Responder>>>);

impl Answers {
    /// From now on this answers; none: nothing does.
    pub fn set(&self, mock: Option<Rc<dyn Responder>>) {
        self.0.replace(mock);
    }
}

/// One request of a user.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub url: String,
    pub body: Bytes,
    /// None: there was no answer.
    pub status: Option<u16>,
    pub answer: Bytes,
    pub error: Option<&'static str>,
    /// From its sending to the end of its answer, or to the moment at which it was given up: its timeout.
    pub took: Duration,
}

/// The requests of a user, in the order in which they were sent.
pub type Log = Rc<RefCell<Vec<Asked>>>;

/// Answers one user and notes what it asked.
pub struct UserAnswers {
    pub answers: Rc<Answers>,
    pub log: Log,
    pub base_path: String,
    /// How long a request may take that does not say so itself.
    pub timeout: Duration,
}

impl fmt::Debug for UserAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserAnswers")
    }
}

impl Responder for UserAnswers {
    fn respond(&self, request: &Request, head: &[u8]) -> Simulated {
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (&*request.target, None),
        };
        let place = self.log.borrow().len();
        self.log.borrow_mut().push(Asked {
            method: request.method.to_string(),
            path: path
                .strip_prefix(&*self.base_path)
                .unwrap_or(path)
                .to_owned(),
            query,
            url: request.url(),
            body: request.body.clone(),
            status: None,
            answer: Bytes::new(),
            error: None,
            took: Duration::ZERO,
        });
        let noting = Noting {
            log: Rc::clone(&self.log),
            place,
            began: Instant::now(),
            timeout: request.timeout.unwrap_or(self.timeout),
            has_ended: false,
        };
        let mock = self.answers.0.borrow().clone();
        let simulated = match mock {
            Some(mock) => mock.respond(request, head),
            None => Simulated::Unsent(Phase::Connect, Box::pin(std::future::ready(Err(nobody())))),
        };
        match simulated {
            Simulated::Sent(answering) => Simulated::Sent(noting.of(answering)),
            Simulated::Unsent(phase, answering) => Simulated::Unsent(phase, noting.of(answering)),
        }
    }
}

/// Notes the end of a request: its answer, or, dropped without one, that nobody waits for it any more.
struct Noting {
    log: Log,
    place: usize,
    began: Instant,
    timeout: Duration,
    has_ended: bool,
}

impl Noting {
    fn of(mut self, answering: Answering) -> Answering {
        Box::pin(async move {
            let outcome: Result<SimulatedResponse, SimulatedFault> = answering.await;
            self.has_ended = true;
            self.note(|asked| match &outcome {
                Ok(response) => {
                    asked.status = Some(response.status);
                    asked.answer = response.body.clone();
                }
                Err(fault) => asked.error = Some(fault.kind.as_str()),
            });
            outcome
        })
    }

    fn note(&self, end: impl FnOnce(&mut Asked)) {
        if let Some(asked) = self.log.borrow_mut().get_mut(self.place) {
            asked.took = self.began.elapsed();
            end(asked);
        }
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        let is_timeout = self.began.elapsed() >= self.timeout;
        self.note(|asked| {
            asked.error = is_timeout.then_some(ErrorKind::Timeout.as_str());
        });
    }
}

fn nobody() -> SimulatedFault {
    SimulatedFault {
        kind: ErrorKind::Connect,
        what: "nothing answers in this test; call mock { [\"GET /\"] = 200 } first".to_owned(),
    }
}

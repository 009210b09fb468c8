//! What a run without a network has in its one thread.

use std::rc::Rc;

use crate::http::Responder;
use crate::script::Observed;

/// Answers in place of the network, and notes on sessions.
#[derive(Clone)]
pub struct InProcess {
    /// Answers every request.
    pub responder: Rc<dyn Responder>,
    /// Where it is noted what sessions are like, if anybody asks.
    pub observed: Option<Rc<Observed>>,
}

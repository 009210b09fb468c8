//! Context that all requesters of one thread share: connections, recorder, clock, limits, ledger.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::admission::Limits;
use super::captured::Sampler;
use super::endpoints::Endpoints;
use super::pausable_clock::PausableClock;
use super::recordings::Recordings;
use super::shutdown::ShutdownSignal;
use super::trace_context::TraceContext;
use crate::clock;
use crate::http::{LoadedSettings, Origin, Responder, Transport};
use crate::ledger::LedgerHandle;
use crate::metrics::{Capture, Recorder, Redaction, TypeId};
use crate::openapi::Contract;
use crate::secrets::Masker;

/// What requests need to know of their run: plain data, the same everywhere.
#[derive(Debug, Clone)]
pub struct RunInfo {
    /// The seed of all randomness.
    pub seed: u64,
    /// What comes before every path that a call names: the path of the base URL without a slash at its end.
    pub base_path: String,
    /// The clock by which it goes.
    pub clock: clock::Clock,
    /// What must not be shown.
    pub secrets: Arc<Masker>,
    /// Whether each request is logged.
    pub log: LogDetail,
    /// How requests are traced; none: they are not.
    pub trace: Option<Arc<TraceContext>>,
    /// What of single requests is kept for outputs.
    pub capture: Capture,
    /// What the target offers; none: nobody asked what is covered of it.
    pub contract: Option<Arc<Contract>>,
}

impl RunInfo {
    /// A recorder that keeps no secret.
    pub fn recorder(&self) -> Recorder {
        let secrets = Arc::clone(&self.secrets);
        let redaction: Redaction = Arc::new(move |text| secrets.text(text));
        Recorder::new().redacted(redaction)
    }
}

/// How much is logged of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogDetail {
    /// Nothing.
    Nothing,
    /// A line for each (`--verbose`).
    Lines,
    /// Headers and bodies too, secrets masked (`--debug`).
    Everything,
}

/// Tells where in its script the call under way is; none: in no script.
pub type PlaceInScript = fn() -> Option<String>;

/// Shared by all requesters of a thread; there is one for each thread that sends requests.
pub struct SharedContext {
    /// The run.
    pub run: RunInfo,
    /// Makes connections.
    pub transport: Rc<Transport>,
    /// Where paths without a host go.
    pub origin: Rc<Origin>,
    /// Chooses what is kept of single requests.
    pub(super) sampler: Sampler,
    /// Whose sessions are recorded.
    pub recordings: Recordings,
    /// Counts what happens.
    pub recorder: RefCell<Recorder>,
    /// The run's time, which stands still in a pause.
    pub clock: PausableClock,
    /// Says that the run is ending.
    pub shutdown: ShutdownSignal,
    /// What breakers and timeouts tell apart.
    pub endpoints: Endpoints,
    /// What holds requests back.
    pub limits: Limits,
    /// Where requests write down what they mean to create on the target.
    pub ledger: LedgerHandle,
    /// Names of the types, by id; new types come at the end.
    pub names: RefCell<Vec<Rc<str>>>,
    /// Where in its script the call under way is; none: no script calls.
    pub place_in_script: Cell<Option<PlaceInScript>>,
}

impl SharedContext {
    /// For requests that are sent like this, to this target, within these limits.
    pub fn new(
        run: RunInfo,
        http: LoadedSettings,
        origin: Origin,
        limits: Limits,
        ledger: LedgerHandle,
    ) -> Self {
        Self {
            recorder: RefCell::new(run.recorder()),
            sampler: Sampler::new(run.capture, run.seed),
            recordings: Recordings::default(),
            endpoints: Endpoints::new(Arc::clone(&run.secrets)),
            clock: PausableClock::new(run.clock),
            run,
            transport: Transport::new(http),
            origin: Rc::new(origin),
            shutdown: ShutdownSignal::default(),
            limits,
            ledger,
            names: RefCell::default(),
            place_in_script: Cell::new(None),
        }
    }

    /// The same, whose requests this answers in place of the network.
    #[must_use]
    pub fn answered_by(self, responder: Option<Rc<dyn Responder>>) -> Self {
        if let Some(responder) = responder {
            self.transport.answer_by(responder);
        }
        self
    }

    /// The same with these names of types.
    #[must_use]
    pub fn named<N: AsRef<str>>(self, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(|name| Rc::from(name.as_ref()));
        self.names.replace(names.collect());
        self
    }

    /// The name of a type.
    pub fn name(&self, kind: TypeId) -> Rc<str> {
        self.names
            .borrow()
            .get(usize::from(kind.0))
            .cloned()
            .unwrap_or_else(|| Rc::from("?"))
    }
}

//! Where the answers of a run come from when it has no network.

use std::rc::Rc;
use std::sync::Arc;

use super::demo::DemoService;
use super::file::MockFile;
use super::server::MockServer;
use crate::http::{Origin, Responder};
use crate::script::diagnostic::Diagnostic;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::Bundle;

/// What stands in for the target.
#[derive(Debug, Clone)]
pub enum Mock {
    /// Routes in Lua.
    File(MockFile),
    /// The demo service in memory, for the built-in types.
    DemoService,
}

impl Mock {
    /// Its name in messages.
    pub fn name(&self) -> &str {
        match self {
            Self::File(file) => file.path(),
            Self::DemoService => "the demo service in memory",
        }
    }

    /// At work on this thread, for a target at `home`.
    ///
    /// # Errors
    /// Every fault of a file.
    pub fn open(
        &self,
        bundle: &Arc<Bundle>,
        script_config: &ScriptConfig,
        home: Rc<Origin>,
    ) -> Result<Rc<dyn Responder>, Vec<Diagnostic>> {
        Ok(match self {
            Self::File(file) => {
                let server = MockServer::open(file, bundle, script_config)?;
                server.set_home(home);
                Rc::new(server)
            }
            Self::DemoService => Rc::new(DemoService::new(script_config, home)),
        })
    }
}

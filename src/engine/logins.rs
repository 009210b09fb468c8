//! The accounts that may delete what a run created: each logs in once, however many deletions wait for it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;
use tokio::sync::OnceCell;

use crate::script::api::auth::{self, Login, Scheme};
use crate::script::api::http::{Reply, perform};
use crate::script::ledger::Entry;
use crate::script::{Context, secrets};

/// Logins of a clean-up, by account.
pub struct Logins {
    context: Rc<Context>,
    known: RefCell<BTreeMap<String, Rc<OnceCell<Rc<Login>>>>>,
}

impl Logins {
    /// Nobody is logged in yet.
    pub fn new(context: &Rc<Context>) -> Self {
        Self {
            context: Rc::clone(context),
            known: RefCell::default(),
        }
    }

    /// The login of the account that may delete this; none where nobody needs to log in.
    ///
    /// # Errors
    /// Says why the account could not log in; the next one who asks tries again.
    pub async fn of(&self, entry: &Entry) -> Result<Option<Rc<Login>>, String> {
        let Some((scheme, account)) = &entry.login else {
            return Ok(None);
        };
        let cell = {
            let mut known = self.known.borrow_mut();
            Rc::clone(known.entry(account.to_string()).or_default())
        };
        let login = cell
            .get_or_try_init(|| async { self.log_in(scheme, account).await.map(Rc::new) })
            .await?;
        Ok(Some(Rc::clone(login)))
    }

    /// This login is worth nothing any more.
    pub fn forget(&self, login: Option<&Rc<Login>>) {
        let Some(login) = login else { return };
        self.known
            .borrow_mut()
            .retain(|_, cell| !cell.get().is_some_and(|known| Rc::ptr_eq(known, login)));
    }

    async fn log_in(&self, scheme: &Arc<Scheme>, account: &Json) -> Result<Login, String> {
        let call =
            auth::login_call(&self.context, scheme, account).map_err(|why| why.to_string())?;
        match perform(&self.context, Box::new(call)).await {
            Reply::Answer { response, .. } if response.status < 300 => {
                let mut login = Login::default();
                if login.accept(scheme, &response.body) {
                    Ok(login)
                } else {
                    Err("the login answered no token".to_owned())
                }
            }
            Reply::Answer { response, .. } => Err(format!(
                "the login for clean-up was answered with {}: {}",
                response.status,
                secrets::mask_body(&response.body)
            )),
            Reply::Failed { message, .. } => Err(message),
            Reply::GivenUp { .. } => Err("given up".to_owned()),
        }
    }
}

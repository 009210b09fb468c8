//! The accounts that may delete what a run created: each logs in once, however many deletions wait for it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;
use tokio::sync::OnceCell;

use super::OVER;
use crate::http::Headers;
use crate::ledger::{Entry, Login};
use crate::request::auth::calls::login_call;
use crate::request::{CancelToken, Reply, Requester, ShutdownSignal, masking, perform};
use crate::text::json_input;

/// A token that opens the door for an account.
pub struct BearerToken(String);

impl BearerToken {
    /// Says who asks.
    pub fn authorize(&self, headers: &mut Headers) {
        // A token with a line break is no token: the target will say so.
        let _ = headers.push("Authorization", format!("Bearer {}", self.0));
    }
}

/// Why an account cannot log in.
#[derive(Debug, Clone)]
pub struct LoginError {
    /// In words; never the credentials.
    pub why: String,
    /// Whether the target said no: asking again changes nothing.
    pub refused: bool,
}

type Cell = Rc<OnceCell<Result<Rc<BearerToken>, LoginError>>>;

/// Credentials of a clean-up, by account.
pub struct Credentials {
    user: Rc<Requester>,
    over: Rc<ShutdownSignal>,
    known: RefCell<BTreeMap<String, Cell>>,
}

impl Credentials {
    /// Nobody is logged in yet.
    pub fn new(user: &Rc<Requester>, over: &Rc<ShutdownSignal>) -> Self {
        Self {
            user: Rc::clone(user),
            over: Rc::clone(over),
            known: RefCell::default(),
        }
    }

    /// The pass of the account that may delete this; none where nobody needs to log in.
    ///
    /// # Errors
    /// Says why the account could not log in. Where that may pass, the next one who asks tries again.
    pub async fn of(&self, entry: &Entry) -> Result<Option<Rc<BearerToken>>, LoginError> {
        let Some(login) = &entry.login else {
            return Ok(None);
        };
        let cell = {
            let mut known = self.known.borrow_mut();
            let name = format!("{} {} {:?}", login.path, login.credentials, login.client);
            Rc::clone(known.entry(name).or_default())
        };
        let told = cell
            .get_or_try_init(|| async {
                match self.log_in(login).await {
                    Ok(pass) => Ok(Ok(Rc::new(pass))),
                    Err(no) if no.refused => Ok(Err(no)),
                    Err(no) => Err(no),
                }
            })
            .await?;
        told.clone().map(Some)
    }

    /// This pass opens nothing any more.
    pub fn forget(&self, pass: Option<&Rc<BearerToken>>) {
        let Some(pass) = pass else { return };
        self.known
            .borrow_mut()
            .retain(|_, cell| !matches!(cell.get(), Some(Ok(known)) if Rc::ptr_eq(known, pass)));
    }

    async fn log_in(&self, login: &Login) -> Result<BearerToken, LoginError> {
        let refused = |why: String| LoginError { why, refused: true };
        let passing = |why: String| LoginError {
            why,
            refused: false,
        };
        let call = login_call(&self.user.shared.run.base_path, login)
            .map_err(|why| refused(why.to_string()))?;
        let cancel = CancelToken::on(&self.over);
        let reply = perform(&self.user, Box::new(call), cancel).await;
        match reply.map_err(|_| passing(OVER.to_owned()))? {
            Reply::Response(response) if response.status < 300 => {
                let answer: Option<Json> = json_input::read(&response.body).ok();
                let token = answer
                    .as_ref()
                    .and_then(|answer| answer.pointer(&login.token))
                    .and_then(Json::as_str);
                token
                    .inspect(|token| crate::secrets::remember(token))
                    .map(|token| BearerToken(token.to_owned()))
                    .ok_or_else(|| refused("the login for clean-up answered no token".to_owned()))
            }
            Reply::Response(response) => {
                let why = format!(
                    "the login for clean-up returned {}: {}",
                    response.status,
                    masking::mask_body(&response.body)
                );
                Err(if matches!(response.status, 429 | 500..) {
                    passing(why)
                } else {
                    refused(why)
                })
            }
            Reply::Failed { message, .. } => Err(passing(message)),
            Reply::GivenUp { .. } => Err(passing("given up".to_owned())),
            Reply::Misread { why, .. } => Err(refused(why)),
        }
    }
}

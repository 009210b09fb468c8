//! Accounts, and lists of them.

use rand::rngs::StdRng;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::index::{Asked, Before, Index, Search, State};
use super::new_id;
use super::reply::{PageText, to_json};
use super::roles::Roles;
use crate::store::listing::UserFilter;
use crate::store::users::{Census, User};
use crate::store::{Slice, StoreError, seed};

/// Number of the first administrator.
pub const ADMIN: u32 = 0;
/// What an account is called in refusals.
const WHAT: &str = "user";

/// An account with what never leaves the service.
#[derive(Debug)]
pub struct Account {
    /// Its roles are written when it is read.
    pub user: User,
    pub password: String,
    /// Ids of its roles.
    pub held: Vec<Uuid>,
    /// It as JSON, once somebody has read it.
    text: Option<Box<[u8]>>,
}

/// All accounts, also the deleted ones.
#[derive(Debug, Default)]
pub struct Accounts {
    all: Vec<Account>,
    by_id: FxHashMap<Uuid, u32>,
    /// In small letters, as the other.
    by_email: FxHashMap<String, u32>,
    by_username: FxHashMap<String, u32>,
    index: Index,
    living: Census,
}

impl Accounts {
    /// Makes the first administrator.
    pub fn plant(
        &mut self,
        draws: &mut StdRng,
        (email, password): (&str, &str),
        role: Uuid,
        now: &str,
    ) {
        let user = User {
            id: new_id(draws),
            username: "admin".to_owned(),
            email: email.to_owned(),
            name: seed::ADMIN_NAME.to_owned(),
            phone_number: None,
            document_number: None,
            is_active: true,
            is_deleted: false,
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
            roles: Vec::new(),
        };
        // The first of all: nothing is taken.
        if let Ok(number) = self.add(user, password.to_owned()) {
            self.all[number as usize].held.push(role);
        }
    }

    /// Adds an account; gives its number.
    ///
    /// # Errors
    /// Its address or its name is taken.
    pub fn add(&mut self, user: User, password: String) -> Result<u32, StoreError> {
        let (email, username) = (user.email.to_lowercase(), user.username.to_lowercase());
        if self.by_email.contains_key(&email) {
            return Err(StoreError::Taken { field: "email" });
        }
        if self.by_username.contains_key(&username) {
            return Err(StoreError::Taken { field: "username" });
        }
        let number = self.all.len() as u32;
        self.by_id.insert(user.id, number);
        self.by_email.insert(email, number);
        self.by_username.insert(username, number);
        self.living.total += 1;
        self.living.active += 1;
        self.all.push(Account {
            user,
            password,
            held: Vec::new(),
            text: None,
        });
        self.list(number, None);
        Ok(number)
    }

    /// Number of the account with this id, deleted or not.
    ///
    /// # Errors
    /// There is none.
    pub fn any(&self, id: Uuid) -> Result<u32, StoreError> {
        self.by_id
            .get(&id)
            .copied()
            .ok_or(StoreError::Missing(WHAT))
    }

    /// Number of the account with this id.
    ///
    /// # Errors
    /// There is none, or it is deleted.
    pub fn number(&self, id: Uuid) -> Result<u32, StoreError> {
        self.living(self.by_id.get(&id))
    }

    /// As [`number`](Self::number), by address.
    ///
    /// # Errors
    /// As [`number`](Self::number).
    pub fn by_email(&self, email: &str) -> Result<u32, StoreError> {
        self.living(self.by_email.get(&email.to_lowercase()))
    }

    /// As [`number`](Self::number), by name.
    ///
    /// # Errors
    /// As [`number`](Self::number).
    pub fn by_username(&self, name: &str) -> Result<u32, StoreError> {
        self.living(self.by_username.get(&name.to_lowercase()))
    }

    /// The account that logs in with this address, deleted or not.
    pub fn of_login(&self, email: &str) -> Option<u32> {
        self.by_email.get(&email.to_lowercase()).copied()
    }

    fn living(&self, number: Option<&u32>) -> Result<u32, StoreError> {
        let number = number.copied().filter(|number| !self.is_deleted(*number));
        number.ok_or(StoreError::Missing(WHAT))
    }

    /// The account of a number.
    pub fn at(&self, number: u32) -> &Account {
        &self.all[number as usize]
    }

    pub fn is_deleted(&self, number: u32) -> bool {
        self.at(number).user.is_deleted
    }

    pub fn holds(&self, number: u32, role: Uuid) -> bool {
        self.at(number).held.contains(&role)
    }

    /// Changes an account at `now`.
    ///
    /// # Errors
    /// Its new address or name is another's; then nothing has changed.
    pub fn change(
        &mut self,
        number: u32,
        now: String,
        act: impl FnOnce(&mut User),
    ) -> Result<(), StoreError> {
        let old = &self.all[number as usize].user;
        let mut user = old.clone();
        act(&mut user);
        user.updated_at = now;
        let emails = (old.email.to_lowercase(), user.email.to_lowercase());
        let names = (old.username.to_lowercase(), user.username.to_lowercase());
        let is_taken = |known: &FxHashMap<String, u32>, key: &String| {
            known.get(key).is_some_and(|owner| *owner != number)
        };
        if is_taken(&self.by_email, &emails.1) {
            return Err(StoreError::Taken { field: "email" });
        }
        if is_taken(&self.by_username, &names.1) {
            return Err(StoreError::Taken { field: "username" });
        }
        let (before, is) = (state(old), state(&user));
        let is_renamed = emails.0 != emails.1 || names.0 != names.1 || old.name != user.name;
        let haystack = is_renamed.then(|| haystack(old));
        for (known, (old_key, key)) in
            [(&mut self.by_email, emails), (&mut self.by_username, names)]
        {
            if old_key != key {
                known.remove(&old_key);
                known.insert(key, number);
            }
        }
        self.living.total -= u64::from(!before.deleted);
        self.living.total += u64::from(!is.deleted);
        self.living.active -= u64::from(!before.deleted && before.active);
        self.living.active += u64::from(!is.deleted && is.active);
        let account = &mut self.all[number as usize];
        account.user = user;
        account.text = None;
        if is_renamed || before != is {
            let fitted = haystack
                .as_ref()
                .map(|names| |search: &Search| names.contains(&search.needle));
            let before = Before {
                state: before,
                fits: fitted.as_ref().map(|fitted| fitted as _),
            };
            self.list(number, Some(before));
        }
        Ok(())
    }

    /// Puts another password in place of an account's at `now`.
    pub fn set_password(&mut self, number: u32, now: String, password: String) {
        let account = &mut self.all[number as usize];
        account.password = password;
        account.user.updated_at = now;
        account.text = None;
    }

    fn list(&mut self, number: u32, before: Option<Before<'_>>) {
        let user = &self.all[number as usize].user;
        let names = haystack(user);
        self.index.put(number, before, state(user), |search| {
            names.contains(&search.needle)
        });
    }

    /// Changes the roles that an account holds.
    pub fn hold(&mut self, number: u32, act: impl FnOnce(&mut Vec<Uuid>)) {
        let account = &mut self.all[number as usize];
        act(&mut account.held);
        account.text = None;
    }

    /// It as JSON.
    pub fn text(&mut self, number: u32, roles: &Roles) -> &[u8] {
        let account = &mut self.all[number as usize];
        account.text.get_or_insert_with(|| {
            let mut user = account.user.clone();
            user.roles = roles.names(&account.held);
            to_json(&user).into()
        })
    }

    /// What stands beside it has changed.
    pub fn forget_text(&mut self, number: u32) {
        self.all[number as usize].text = None;
    }

    /// One page of the accounts that pass a filter, newest first, as JSON.
    pub fn page(&mut self, filter: &UserFilter, slice: Slice, roles: &Roles) -> Vec<u8> {
        let search = Search {
            needle: filter.search.as_deref().unwrap_or_default().to_lowercase(),
            ..Search::default()
        };
        let asked = Asked {
            search: &search,
            deleted: filter.is_deleted,
            active: filter.is_active,
            newest_first: true,
            offset: slice.offset().unsigned_abs() as usize,
            limit: slice.limit as usize,
        };
        let all = &self.all;
        let (total, numbers) = self.index.page(&asked, || {
            (0..).zip(all).map(|(number, account)| {
                let user = &account.user;
                let fits = search.needle.is_empty() || haystack(user).contains(&search.needle);
                (number, state(user), fits)
            })
        });
        let mut page = PageText::with_room(numbers.len());
        for number in numbers {
            page.item(self.text(number, roles));
        }
        page.end(slice, total)
    }

    /// How many there are.
    pub fn census(&self) -> Census {
        self.living
    }
}

fn state(user: &User) -> State {
    State {
        deleted: user.is_deleted,
        active: user.is_active,
    }
}

/// What searches look at, in small letters. None of the three has a line break.
fn haystack(user: &User) -> String {
    format!("{}\n{}\n{}", user.username, user.email, user.name).to_lowercase()
}

//! Profiles: what a user tells about itself. A user has one or none.

use rusqlite::{Connection, Row, Transaction, params};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{StoreError, count, found, users};

const WHAT: &str = "profile";
const COLUMNS: &str =
    "id, user_id, avatar, bio, website, location, company, job_title, birth_date, gender, timezone,
    language, is_public, created_at, updated_at";

/// A profile.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Profile {
    pub id: Uuid,
    pub user_id: Uuid,
    #[serde(flatten)]
    pub details: Details,
    pub is_public: bool,
    #[schema(format = "date-time")]
    pub created_at: String,
    #[schema(format = "date-time")]
    pub updated_at: String,
}

/// The part that its user writes.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Details {
    #[schema(required = true)]
    pub avatar: Option<String>,
    #[schema(required = true)]
    pub bio: Option<String>,
    #[schema(required = true)]
    pub website: Option<String>,
    #[schema(required = true)]
    pub location: Option<String>,
    #[schema(required = true)]
    pub company: Option<String>,
    #[schema(required = true)]
    pub job_title: Option<String>,
    #[schema(required = true, format = "date")]
    pub birth_date: Option<String>,
    #[schema(required = true)]
    pub gender: Option<String>,
    #[schema(required = true)]
    pub timezone: Option<String>,
    #[schema(required = true)]
    pub language: Option<String>,
}

/// What is written: `None` stays as it is (or empty, in a new profile), `Some(None)` becomes empty.
#[derive(Debug, Clone, Default, ToSchema)]
pub struct ProfileChange {
    #[schema(value_type = Option<String>, format = "uri", max_length = 2048, pattern = "^https?://[A-Za-z0-9[]")]
    pub avatar: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 1000)]
    pub bio: Option<Option<String>>,
    #[schema(value_type = Option<String>, format = "uri", max_length = 2048, pattern = "^https?://[A-Za-z0-9[]")]
    pub website: Option<Option<String>>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub location: Option<Option<String>>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub company: Option<Option<String>>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub job_title: Option<Option<String>>,
    #[schema(value_type = Option<String>, format = "date", pattern = "^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    pub birth_date: Option<Option<String>>,
    #[schema(value_type = Option<String>, pattern = "^(female|male|non_binary|other|prefer_not_to_say)$")]
    pub gender: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 64, pattern = "^[A-Za-z][A-Za-z0-9_+/-]*$", example = "Europe/Berlin")]
    pub timezone: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 35, pattern = "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", example = "pt-BR")]
    pub language: Option<Option<String>>,
    #[schema(nullable = false, default = true)]
    pub is_public: Option<bool>,
}

impl ProfileChange {
    pub(crate) fn over(&self, old: Details) -> Details {
        let pick = |new: &Option<Option<String>>, old| new.clone().unwrap_or(old);
        Details {
            avatar: pick(&self.avatar, old.avatar),
            bio: pick(&self.bio, old.bio),
            website: pick(&self.website, old.website),
            location: pick(&self.location, old.location),
            company: pick(&self.company, old.company),
            job_title: pick(&self.job_title, old.job_title),
            birth_date: pick(&self.birth_date, old.birth_date),
            gender: pick(&self.gender, old.gender),
            timezone: pick(&self.timezone, old.timezone),
            language: pick(&self.language, old.language),
        }
    }
}

fn profile(row: &Row<'_>) -> rusqlite::Result<Profile> {
    Ok(Profile {
        id: row.get(0)?,
        user_id: row.get(1)?,
        details: Details {
            avatar: row.get(2)?,
            bio: row.get(3)?,
            website: row.get(4)?,
            location: row.get(5)?,
            company: row.get(6)?,
            job_title: row.get(7)?,
            birth_date: row.get(8)?,
            gender: row.get(9)?,
            timezone: row.get(10)?,
            language: row.get(11)?,
        },
        is_public: row.get(12)?,
        created_at: row.get(13)?,
        updated_at: row.get(14)?,
    })
}

pub fn get(connection: &Connection, user: Uuid) -> Result<Profile, StoreError> {
    users::must_exist(connection, user)?;
    let sql = format!("SELECT {COLUMNS} FROM profiles WHERE user_id = ?1");
    found(
        connection.prepare_cached(&sql)?.query_row([user], profile),
        WHAT,
    )
}

pub fn create(
    tx: &Transaction<'_>,
    user: Uuid,
    new: &ProfileChange,
    now: &str,
) -> Result<Profile, StoreError> {
    users::must_exist(tx, user)?;
    if count(
        tx,
        "SELECT EXISTS (SELECT 1 FROM profiles WHERE user_id = ?1)",
        [user],
    )? > 0
    {
        return Err(StoreError::Conflict("the user has a profile"));
    }
    tx.prepare_cached(
        "INSERT INTO profiles (user_id, id, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)",
    )?
    .execute(params![user, Uuid::new_v4(), now])?;
    update(tx, user, new, now)
}

pub fn update(
    tx: &Transaction<'_>,
    user: Uuid,
    change: &ProfileChange,
    now: &str,
) -> Result<Profile, StoreError> {
    let old = get(tx, user)?;
    let new = change.over(old.details);
    tx.prepare_cached(
        "UPDATE profiles SET avatar = ?2, bio = ?3, website = ?4, location = ?5, company = ?6,
         job_title = ?7,
         birth_date = ?8, gender = ?9, timezone = ?10, language = ?11, is_public = ?12,
         updated_at = ?13 WHERE user_id = ?1",
    )?
    .execute(params![
        user,
        new.avatar,
        new.bio,
        new.website,
        new.location,
        new.company,
        new.job_title,
        new.birth_date,
        new.gender,
        new.timezone,
        new.language,
        change.is_public.unwrap_or(old.is_public),
        now
    ])?;
    get(tx, user)
}

pub fn delete(tx: &Transaction<'_>, user: Uuid) -> Result<(), StoreError> {
    get(tx, user)?;
    tx.prepare_cached("DELETE FROM profiles WHERE user_id = ?1")?
        .execute([user])?;
    Ok(())
}

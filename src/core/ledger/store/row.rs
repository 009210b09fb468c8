//! One entry as a row, and back.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ledger::entry::{Deletion, Entry, EntryId, Login, Lookup};

/// Recipes and accounts whose numbers are cached; bounded, because scripts may use one for each item.
const REMEMBERED: usize = 4_096;

/// Cached numbers of texts that the file stores once.
#[derive(Default)]
pub(super) struct Numbers {
    recipes: HashMap<String, i64>,
    accounts: HashMap<String, i64>,
}

/// What many entries have in common.
#[derive(Serialize, Deserialize)]
pub(super) struct Recipe<'a> {
    pub kind: Cow<'a, str>,
    pub needs: Cow<'a, [String]>,
    method: Cow<'a, str>,
    path: Cow<'a, str>,
    find: Option<(String, Option<String>, String)>,
}

/// What differs.
#[derive(Default, Serialize, Deserialize)]
struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doubt: Option<String>,
}

/// One row.
pub(super) struct Line {
    id: i64,
    pub recipe: i64,
    login: Option<String>,
    params: String,
    more: Option<String>,
    confirmed: bool,
    given: Option<String>,
    at: i64,
}

impl Line {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            recipe: row.get(1)?,
            login: row.get(2)?,
            params: row.get(3)?,
            more: row.get(4)?,
            confirmed: row.get(5)?,
            given: row.get(6)?,
            at: row.get(7)?,
        })
    }

    pub(super) fn entry(
        self,
        recipe: &Recipe<'_>,
        logins: &mut HashMap<String, Arc<Login>>,
    ) -> serde_json::Result<(EntryId, Entry)> {
        let mut params: BTreeMap<String, String> = serde_json::from_str(&self.params)?;
        if let Some(given) = self.given {
            params.insert("id".to_owned(), given);
        }
        let more: More = match &self.more {
            Some(more) => serde_json::from_str(more)?,
            None => More::default(),
        };
        let login = match self.login {
            None => None,
            Some(text) => Some(match logins.get(&text) {
                Some(login) => Arc::clone(login),
                None => {
                    let login: Arc<Login> = Arc::new(serde_json::from_str(&text)?);
                    logins.insert(text, Arc::clone(&login));
                    login
                }
            }),
        };
        let entry = Entry {
            kind: recipe.kind.to_string(),
            needs: recipe.needs.to_vec(),
            params,
            delete: Deletion {
                method: recipe.method.to_string(),
                path: recipe.path.to_string(),
                body: more.body,
            },
            find: recipe.find.as_ref().map(|(path, list, id)| Lookup {
                path: path.clone(),
                list: list.clone(),
                fields: more.fields,
                id: id.clone(),
            }),
            login,
            confirmed: self.confirmed,
            doubt: more.doubt,
            at: Some(UNIX_EPOCH + Duration::from_millis(self.at.max(0).cast_unsigned())),
        };
        Ok((EntryId(self.id), entry))
    }
}

/// Writes an entry.
pub(super) fn insert(
    db: &Connection,
    numbers: &mut Numbers,
    id: EntryId,
    entry: &Entry,
    now: i64,
) -> rusqlite::Result<()> {
    let text = |value: serde_json::Result<String>| {
        value.map_err(|why| rusqlite::Error::ToSqlConversionFailure(Box::new(why)))
    };
    let recipe = Recipe {
        kind: (&*entry.kind).into(),
        needs: (&*entry.needs).into(),
        method: (&*entry.delete.method).into(),
        path: (&*entry.delete.path).into(),
        find: entry
            .find
            .as_ref()
            .map(|find| (find.path.clone(), find.list.clone(), find.id.clone())),
    };
    let recipe = text(serde_json::to_string(&recipe))?;
    let recipe = number(db, &mut numbers.recipes, recipe, ["recipe", "text"])?;
    let account = match &entry.login {
        None => None,
        Some(login) => {
            let login = text(serde_json::to_string(&**login))?;
            Some(number(
                db,
                &mut numbers.accounts,
                login,
                ["account", "login"],
            )?)
        }
    };
    let fields = entry.find.as_ref().map(|find| find.fields.clone());
    let more = More {
        body: entry.delete.body.clone(),
        fields: fields.unwrap_or_default(),
        doubt: entry.doubt.clone(),
    };
    let more = (more.body.is_some() || !more.fields.is_empty() || more.doubt.is_some())
        .then(|| text(serde_json::to_string(&more)))
        .transpose()?;
    db.prepare_cached(
        "INSERT INTO entry (id, recipe, account, params, more, confirmed, given, at) VALUES (?, ?, \
         ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        id.0,
        recipe,
        account,
        text(serde_json::to_string(&entry.params))?,
        more,
        entry.confirmed,
        entry.confirmed.then(|| entry.params.get("id")).flatten(),
        entry.at.map_or(now, millis),
    ])?;
    Ok(())
}

/// The number of a text in one of the tables that store each text once.
fn number(
    db: &Connection,
    known: &mut HashMap<String, i64>,
    text: String,
    [table, column]: [&str; 2],
) -> rusqlite::Result<i64> {
    if let Some(number) = known.get(&text) {
        return Ok(*number);
    }
    db.prepare_cached(&format!(
        "INSERT INTO {table} ({column}) VALUES (?) ON CONFLICT DO NOTHING"
    ))?
    .execute([&text])?;
    let number = db
        .prepare_cached(&format!("SELECT id FROM {table} WHERE {column} = ?"))?
        .query_row([&text], |row| row.get(0))?;
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(text, number);
    Ok(number)
}

/// Milliseconds since 1970 (UTC).
pub(super) fn millis(moment: SystemTime) -> i64 {
    let since = moment.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

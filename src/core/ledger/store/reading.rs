//! Reading a ledger.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rusqlite::params_from_iter;

use super::row::{Line, Recipe};
use super::{FIRST_PASS, Store, fault};
use crate::ledger::counts::{Count, Counts, RemainingEntry};
use crate::ledger::entry::{Cutoff, Entry, EntryId, Login};
use crate::ledger::error::LedgerError;

impl Store {
    /// Each kind with remaining items, and its dependencies.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn kinds(&self) -> Result<BTreeMap<String, Vec<String>>, LedgerError> {
        let mut kinds = BTreeMap::<String, Vec<String>>::new();
        for (_, recipe) in self.used()? {
            let needs = kinds.entry(recipe.kind.into_owned()).or_default();
            needs.extend(recipe.needs.into_owned());
            needs.sort();
            needs.dedup();
        }
        Ok(kinds)
    }

    /// Recipes with remaining items.
    fn used(&self) -> Result<Vec<(i64, Recipe<'static>)>, LedgerError> {
        let sql = "SELECT id, text FROM recipe WHERE id IN (SELECT DISTINCT recipe FROM entry)";
        let read = || -> rusqlite::Result<Vec<(i64, String)>> {
            let mut recipes = self.db.prepare_cached(sql)?;
            let rows = recipes.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        let texts = read().map_err(|why| fault(&self.place, why))?;
        texts
            .into_iter()
            .map(|(id, text)| {
                let recipe = serde_json::from_str(&text).map_err(|why| self.unreadable(why))?;
                Ok((id, recipe))
            })
            .collect()
    }

    /// Items of these kinds that were created before `before`, the last first, at most `most`; with a cutoff only of sessions
    /// that had ended at that moment.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn page(
        &self,
        kinds: &[String],
        before: EntryId,
        cutoff: Option<Cutoff>,
        most: usize,
    ) -> Result<Vec<(EntryId, Entry)>, LedgerError> {
        let recipes: BTreeMap<i64, Recipe<'static>> = self
            .used()?
            .into_iter()
            .filter(|(_, recipe)| kinds.iter().any(|kind| *kind == recipe.kind))
            .collect();
        let marks = vec!["?"; recipes.len()].join(",");
        let sql = format!(
            "SELECT entry.id, recipe, login, params, more, confirmed, given, at
             FROM entry LEFT JOIN account ON account.id = entry.account
             WHERE entry.id < {} AND over BETWEEN {} AND recipe IN ({marks}) ORDER BY entry.id
             DESC LIMIT {most}",
            before.0,
            match cutoff {
                Some(Cutoff(pass)) => format!("{FIRST_PASS} AND {pass}"),
                None => format!("0 AND {}", i64::MAX),
            },
        );
        let read = || -> rusqlite::Result<Vec<Line>> {
            let mut page = self.db.prepare(&sql)?;
            let rows = page.query_map(params_from_iter(recipes.keys()), Line::read)?;
            rows.collect()
        };
        let lines = read().map_err(|why| fault(&self.place, why))?;
        let mut logins = HashMap::<String, Arc<Login>>::new();
        let entries = lines.into_iter().filter_map(|line| {
            let recipe = recipes.get(&line.recipe)?;
            Some(line.entry(recipe, &mut logins))
        });
        entries
            .collect::<serde_json::Result<_>>()
            .map_err(|why| self.unreadable(why))
    }

    /// What is left, by kind.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn counts(&self) -> Result<Counts, LedgerError> {
        let sql = "SELECT recipe, sum(confirmed), count(*) FROM entry GROUP BY recipe";
        let read = || -> rusqlite::Result<Vec<(i64, i64, i64)>> {
            let mut statement = self.db.prepare_cached(sql)?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect()
        };
        let rows = read().map_err(|why| fault(&self.place, why))?;
        let kinds: HashMap<i64, String> = self
            .used()?
            .into_iter()
            .map(|(id, recipe)| (id, recipe.kind.into_owned()))
            .collect();
        let mut counts = Counts::default();
        for (recipe, confirmed, all) in rows {
            let Some(kind) = kinds.get(&recipe) else {
                continue;
            };
            counts.add(Counts(BTreeMap::from([(
                kind.clone(),
                Count {
                    confirmed: confirmed.cast_unsigned(),
                    unconfirmed: (all - confirmed).cast_unsigned(),
                },
            )])));
        }
        Ok(counts)
    }

    /// The same, except these.
    pub(crate) fn counts_without(&self, gone: &HashSet<EntryId>) -> Result<Counts, LedgerError> {
        let mut counts = self.counts()?;
        if gone.is_empty() {
            return Ok(counts);
        }
        for (id, kept) in self.lines(i64::MAX)? {
            let Some(count) = counts.0.get_mut(&kept.kind).filter(|_| gone.contains(&id)) else {
                continue;
            };
            if kept.confirmed {
                count.confirmed -= 1;
            } else {
                count.unconfirmed -= 1;
            }
        }
        counts
            .0
            .retain(|_, count| count.confirmed + count.unconfirmed > 0);
        Ok(counts)
    }

    /// The remaining items, in order of creation; those that could not be deleted before those without an attempt.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn list(&self, most: usize) -> Result<Vec<RemainingEntry>, LedgerError> {
        let lines = self.lines(i64::try_from(most).unwrap_or(i64::MAX))?;
        Ok(lines.into_iter().map(|(_, kept)| kept).collect())
    }

    /// The same, except these.
    pub(crate) fn list_without(
        &self,
        gone: &HashSet<EntryId>,
        most: usize,
    ) -> Result<Vec<RemainingEntry>, LedgerError> {
        if gone.is_empty() {
            return self.list(most);
        }
        let lines = self.lines(i64::MAX)?.into_iter();
        let left = lines.filter(|(id, _)| !gone.contains(id));
        Ok(left.map(|(_, kept)| kept).take(most).collect())
    }

    fn lines(&self, most: i64) -> Result<Vec<(EntryId, RemainingEntry)>, LedgerError> {
        let kinds: HashMap<i64, String> = self
            .used()?
            .into_iter()
            .map(|(id, recipe)| (id, recipe.kind.into_owned()))
            .collect();
        let sql =
            "SELECT recipe, given, id, confirmed, at, ifnull(why, json_extract(more, '$.doubt'))
                   FROM entry ORDER BY why IS NULL, id LIMIT ?";
        let read = || -> rusqlite::Result<Vec<(EntryId, RemainingEntry)>> {
            let mut list = self.db.prepare_cached(sql)?;
            let rows = list.query_map([most], |row| {
                let recipe: i64 = row.get(0)?;
                let kept = RemainingEntry {
                    kind: kinds.get(&recipe).cloned().unwrap_or_default(),
                    id: row.get(1)?,
                    confirmed: row.get(3)?,
                    at: row.get::<_, i64>(4)?.cast_unsigned() / 1_000,
                    why: row.get(5)?,
                };
                Ok((EntryId(row.get(2)?), kept))
            })?;
            rows.collect()
        };
        read().map_err(|why| fault(&self.place, why))
    }

    /// Some remaining items, in no order.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn all(&self, most: usize) -> Result<Vec<(EntryId, Entry)>, LedgerError> {
        let kinds: Vec<String> = self.kinds()?.into_keys().collect();
        self.page(&kinds, EntryId::LAST, None, most)
    }

    /// Items of sessions that have ended.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) fn over(&self) -> Result<HashSet<EntryId>, LedgerError> {
        let read = || -> rusqlite::Result<HashSet<EntryId>> {
            let mut over = self
                .db
                .prepare_cached("SELECT id FROM entry WHERE over > 0")?;
            let rows = over.query_map([], |row| Ok(EntryId(row.get(0)?)))?;
            rows.collect()
        };
        read().map_err(|why| fault(&self.place, why))
    }
}

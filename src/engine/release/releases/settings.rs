//! What may be turned without a script: the size of the crowd and the shares of its types.

use std::collections::BTreeMap;

use super::Releases;
use super::release::Release;
use crate::engine::command::Refused;
use crate::plan::{Change, Fault, crowd};

impl Releases {
    /// Turns the dials that shape the crowd.
    ///
    /// # Errors
    /// Every value that cannot be; then nothing has changed.
    pub fn set(&mut self, change: &Change) -> Result<(), Refused> {
        change.validate().map_err(Refused::Invalid)?;
        let names: Vec<&str> = self.players().map(|(_, name)| name).collect();
        let unknown = change
            .weights
            .keys()
            .filter(|name| !names.contains(&name.as_str()))
            .map(|name| {
                let remedy = format!("name one of: {}", names.join(", "));
                Fault::new(format!("weights.{name}"), "there is no such type", remedy)
            });
        let unknown: Vec<Fault> = unknown.collect();
        if !unknown.is_empty() {
            return Err(Refused::Invalid(unknown));
        }
        let mut weights = self.weights.clone();
        weights.extend(change.weights.clone());
        self.reweigh(weights, change.users.unwrap_or(self.users))
    }

    /// Which types nobody plays though they have a weight, in words.
    pub fn without_users(&self) -> Option<String> {
        let counts = self.counts(self.current(), &self.weights, self.users);
        let types = self.current().types.iter().zip(&self.names).zip(counts);
        let types: Vec<_> = types
            .filter_map(|((version, name), users)| {
                let own = version.as_ref()?.sheet.weight;
                Some((&**name, *self.weights.get(&**name).unwrap_or(&own), users))
            })
            .collect();
        crowd::without_users(&types, self.users)
    }

    /// Takes these weights in place of those of the scripts, and this size.
    ///
    /// # Errors
    /// When no users would be left.
    pub fn reweigh(&mut self, weights: BTreeMap<String, f64>, users: u32) -> Result<(), Refused> {
        self.check_users(self.current(), &weights, users)?;
        self.weights = weights;
        self.users = users;
        self.recount();
        Ok(())
    }

    pub(super) fn check_users(
        &self,
        release: &Release,
        weights: &BTreeMap<String, f64>,
        users: u32,
    ) -> Result<(), Refused> {
        if self.counts(release, weights, users).iter().sum::<u32>() > 0 {
            return Ok(());
        }
        Err(Refused::Invalid(vec![Fault::new(
            "weights",
            "every type that is there would have the weight 0",
            "leave one above 0, or pause the run",
        )]))
    }
}

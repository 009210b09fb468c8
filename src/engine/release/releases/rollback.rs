//! The way back to what users played before.

use super::Releases;
use super::release::{Release, TypeVersion};
use crate::engine::command::Refused;
use crate::engine::roster::CROWD;
use crate::plan::Fault;

impl Releases {
    /// Back to the release before; gives the release that was rolled back and the one that plays now.
    ///
    /// # Errors
    /// When there is none before.
    pub fn back(&mut self) -> Result<(u32, u32), Refused> {
        if self.history.len() < 2 {
            return Err(Refused::NotNow(
                "there is no release before this one to go back to".to_owned(),
            ));
        }
        self.rolled_back = true;
        let rolled_back = self.history.pop_back().map_or(0, |release| release.number);
        self.recount();
        Ok((rolled_back, self.current().number))
    }

    /// One type goes back to the version before; gives both.
    ///
    /// # Errors
    /// When there is no such type, or no version before.
    pub fn back_of(&mut self, name: &str) -> Result<(u32, u32), Refused> {
        let place = self.names.iter().position(|known| **known == *name);
        let Some(place) = place.filter(|_| name != CROWD) else {
            let known: Vec<&str> = self.players().map(|(_, name)| name).collect();
            return Err(Refused::Invalid(vec![Fault::new(
                format!("type {name}"),
                "there is no such type",
                format!("name one of: {}", known.join(", ")),
            )]));
        };
        let of = |release: &Release| release.types.get(place).cloned().flatten();
        let now = of(self.current());
        let number = |of: &Option<TypeVersion>| of.as_ref().map(|of| of.version);
        let before = self
            .history
            .iter()
            .rev()
            .map(of)
            .find(|one| one.is_some() && number(one) < number(&now).or(Some(u32::MAX)));
        let Some(before) = before else {
            return Err(Refused::NotNow(format!(
                "{name} has no version before this one to go back to"
            )));
        };
        let both = (
            number(&now).unwrap_or_default(),
            number(&before).unwrap_or_default(),
        );
        if let Some(release) = self.history.back_mut() {
            release.types.resize(self.names.len(), None);
            release.types[place] = before;
        }
        self.drop_duplicate();
        self.rolled_back = true;
        self.recount();
        Ok(both)
    }

    /// A release that has become the one before it is that one.
    fn drop_duplicate(&mut self) {
        let versions = |release: &Release| -> Vec<Option<u32>> {
            let of = |place: usize| release.types.get(place)?.as_ref().map(|one| one.version);
            (0..self.names.len()).map(of).collect()
        };
        let mut newest = self.history.iter().rev().map(versions);
        if newest.next() == newest.next() {
            self.history.pop_back();
        }
    }
}

//! The way back to what played before.

use super::{Edition, Lineup, Releases};
use crate::engine::command::Refused;
use crate::engine::config::CROWD;
use crate::plan::Fault;

impl Releases {
    /// Back to the line-up before; gives the release that was rolled back and the one that plays now.
    ///
    /// # Errors
    /// When there is none before.
    pub fn back(&mut self) -> Result<(u32, u32), Refused> {
        if self.lineups.len() < 2 {
            return Err(Refused::NotNow(
                "there is no release before this one to go back to".to_owned(),
            ));
        }
        self.rolled_back = true;
        let rolled_back = self.lineups.pop_back().map_or(0, |lineup| lineup.release);
        self.recount();
        Ok((rolled_back, self.now().release))
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
        let of = |lineup: &Lineup| lineup.editions.get(place).cloned().flatten();
        let now = of(self.now());
        let version = |edition: &Option<Edition>| edition.as_ref().map(|one| one.version);
        let before = self.lineups.iter().rev().map(of).find(|edition| {
            edition.is_some() && version(edition) < version(&now).or(Some(u32::MAX))
        });
        let Some(before) = before else {
            return Err(Refused::NotNow(format!(
                "{name} has no version before this one to go back to"
            )));
        };
        let both = (
            version(&now).unwrap_or_default(),
            version(&before).unwrap_or_default(),
        );
        if let Some(lineup) = self.lineups.back_mut() {
            lineup.editions.resize(self.names.len(), None);
            lineup.editions[place] = before;
        }
        self.forget_twin();
        self.rolled_back = true;
        self.recount();
        Ok(both)
    }

    /// A line-up that has become the one before it is that one.
    fn forget_twin(&mut self) {
        let versions = |lineup: &Lineup| -> Vec<Option<u32>> {
            let of = |place: usize| lineup.editions.get(place)?.as_ref().map(|one| one.version);
            (0..self.names.len()).map(of).collect()
        };
        let mut newest = self.lineups.iter().rev().map(versions);
        if newest.next() == newest.next() {
            self.lineups.pop_back();
        }
    }
}

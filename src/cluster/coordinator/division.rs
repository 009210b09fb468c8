//! Which worker has which virtual shards just now. Pure.

use serde::{Deserialize, Serialize};

use super::members::Tracked;
use crate::cluster::shard_map::{self, Candidate};
use crate::plan::crowd::ShardMap;

/// How the virtual shards are divided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Division {
    /// The name of the worker of each of them.
    names: Vec<String>,
    map: ShardMap,
}

impl Division {
    /// As at the beginning of a run, among all of these.
    pub fn first(members: &[Tracked]) -> Self {
        let mut division = Self {
            names: Vec::new(),
            map: std::iter::empty().collect(),
        };
        let all: Vec<&Tracked> = members.iter().collect();
        division.among(&all);
        division
    }

    /// Divides them again, among those who take users: as few as possible move. None where there is nobody.
    pub fn again(&mut self, members: &[Tracked]) -> Option<ShardMap> {
        let takers: Vec<&Tracked> = members.iter().filter(|one| one.takes_users()).collect();
        if takers.is_empty() {
            return None;
        }
        self.among(&takers);
        Some(self.map.clone())
    }

    fn among(&mut self, takers: &[&Tracked]) {
        let candidates: Vec<Candidate<'_>> =
            takers.iter().map(|one| one.member.candidate()).collect();
        let before: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let before = (!before.is_empty()).then_some(before.as_slice());
        let owners = shard_map::divide(&candidates, before);
        let shards: Vec<_> = takers
            .iter()
            .map(|one| (one.part.first, one.part.threads))
            .collect();
        let map = before.map(|_| &self.map);
        let map = shard_map::shards_of(&owners, &shards, map);
        let name = |owner: &usize| candidates[*owner].name.to_owned();
        self.names = owners.iter().map(name).collect();
        self.map = map;
    }
}

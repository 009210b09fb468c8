//! The parts of an operation's time, by the names that its protocol gives them.

use serde::{Deserialize, Serialize};

/// Maximum number of phases of a protocol.
pub const MAX_PHASES: usize = 8;

/// The names of a protocol's phases, declared once, in a static.
pub type PhaseNames = &'static [&'static str];

/// Microseconds that one operation spent in each phase of its protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    names: PhaseNames,
    micros: [u32; MAX_PHASES],
}

impl Phases {
    /// The times in the order of the names.
    pub fn new<const N: usize>(names: &'static [&'static str; N], micros: [u32; N]) -> Self {
        const { assert!(N <= MAX_PHASES) };
        let mut all = [0; MAX_PHASES];
        all[..N].copy_from_slice(&micros);
        Self { names, micros: all }
    }

    fn iter(&self) -> impl Iterator<Item = (&'static str, u32)> {
        self.names.iter().copied().zip(self.micros)
    }
}

/// Microseconds spent in each phase, summed over many operations.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Vec<(String, u64)>", from = "Vec<(String, u64)>")]
pub struct PhaseTotals {
    names: Names,
    micros: [u64; MAX_PHASES],
}

#[derive(Clone, Debug)]
enum Names {
    /// Those of a protocol of this process, found by index.
    Declared(PhaseNames),
    /// Those of another process, or of several protocols.
    Read(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Self::Declared(&[])
    }
}

impl PhaseTotals {
    pub(crate) fn record(&mut self, phases: &Phases) {
        if !self.has(phases.names) {
            return self.merge(phases.iter().map(|(name, spent)| (name, u64::from(spent))));
        }
        for (sum, spent) in self.micros.iter_mut().zip(phases.micros) {
            *sum += u64::from(spent);
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        match &other.names {
            Names::Declared(names) if self.has(names) => {
                for (sum, spent) in self.micros.iter_mut().zip(other.micros) {
                    *sum += spent;
                }
            }
            _ => self.merge(other.iter()),
        }
    }

    /// The phases in the order in which they were declared.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let (declared, read): (PhaseNames, &[String]) = match &self.names {
            Names::Declared(names) => (names, &[]),
            Names::Read(names) => (&[], names),
        };
        let names = declared.iter().copied();
        names
            .chain(read.iter().map(String::as_str))
            .zip(self.micros)
    }

    /// Whether these names are its own; adopts them if it has none yet.
    fn has(&mut self, names: PhaseNames) -> bool {
        match self.names {
            Names::Declared([]) => {
                self.names = Names::Declared(names);
                true
            }
            Names::Declared(own) => std::ptr::eq(own, names) || own == names,
            Names::Read(_) => false,
        }
    }

    /// Adds by name. Phases beyond the maximum are added to the last one, so that the sum stays correct.
    #[cold]
    fn merge<'a>(&mut self, others: impl Iterator<Item = (&'a str, u64)>) {
        let mut names: Vec<String> = self.iter().map(|(name, _)| name.to_owned()).collect();
        for (name, spent) in others {
            let known = names.iter().position(|own| own == name);
            let at = known.unwrap_or_else(|| {
                if names.len() < MAX_PHASES {
                    names.push(name.to_owned());
                }
                names.len() - 1
            });
            self.micros[at] += spent;
        }
        self.names = Names::Read(names);
    }
}

impl PartialEq for PhaseTotals {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl From<Vec<(String, u64)>> for PhaseTotals {
    fn from(read: Vec<(String, u64)>) -> Self {
        let mut totals = Self::default();
        totals.merge(read.iter().map(|(name, spent)| (name.as_str(), *spent)));
        totals
    }
}

impl From<PhaseTotals> for Vec<(String, u64)> {
    fn from(totals: PhaseTotals) -> Self {
        let phases = totals.iter();
        phases
            .map(|(name, spent)| (name.to_owned(), spent))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static QUEUE: [&str; 2] = ["connect", "publish"];
    static RPC: [&str; 2] = ["connect", "call"];

    #[test]
    fn phases_of_several_protocols_add_up_by_name() {
        let mut totals = PhaseTotals::default();
        totals.record(&Phases::new(&QUEUE, [1, 2]));
        totals.record(&Phases::new(&QUEUE, [10, 20]));
        totals.record(&Phases::new(&RPC, [100, 200]));
        let expected = [("connect", 111), ("publish", 22), ("call", 200)];
        assert_eq!(totals.iter().collect::<Vec<_>>(), expected);
        let text = serde_json::to_string(&totals).unwrap();
        let mut read: PhaseTotals = serde_json::from_str(&text).unwrap();
        assert_eq!(read, totals);
        read.add(&totals);
        assert_eq!(read.iter().map(|(_, spent)| spent).sum::<u64>(), 666);
    }

    #[test]
    fn more_names_than_there_is_room_for_keep_the_sum_whole() {
        let mut totals = PhaseTotals::default();
        totals.merge(
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
                .map(|name| (name, 1))
                .into_iter(),
        );
        assert_eq!(totals.iter().count(), MAX_PHASES);
        assert_eq!(totals.iter().map(|(_, spent)| spent).sum::<u64>(), 10);
    }
}

use std::collections::BTreeMap;
use std::fmt;

/// Items of one kind that are still on the target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Confirmed by the target.
    pub confirmed: u64,
    /// Unknown: there was no response.
    pub unconfirmed: u64,
}

/// What is still on the target, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<String, Count>);

impl Counts {
    /// Number of items.
    pub fn total(&self) -> u64 {
        let counts = self.0.values();
        counts
            .map(|count| count.confirmed + count.unconfirmed)
            .sum()
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// Adds the items of another store.
    pub(crate) fn add(&mut self, other: Self) {
        for (kind, count) in other.0 {
            let ours = self.0.entry(kind).or_default();
            ours.confirmed += count.confirmed;
            ours.unconfirmed += count.unconfirmed;
        }
    }
}

impl fmt::Display for Counts {
    /// `user x12, role x3 (1 of them never confirmed)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        let kinds = self.0.iter().map(|(kind, count)| {
            let all = count.confirmed + count.unconfirmed;
            match count.unconfirmed {
                0 => format!("{kind} x{all}"),
                unknown => format!("{kind} x{all} ({unknown} never confirmed)"),
            }
        });
        f.write_str(&kinds.collect::<Vec<_>>().join(", "))
    }
}

/// An item that is still on the target, as listed: without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemainingEntry {
    /// What it is: `user`.
    pub kind: String,
    /// Its id, if it is known.
    pub id: Option<String>,
    /// Whether the target confirmed it.
    pub confirmed: bool,
    /// When its request was about to be sent: seconds since 1970 (UTC).
    pub at: u64,
    /// Why the last attempt to delete it failed.
    pub why: Option<String>,
}

impl fmt::Display for RemainingEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().unwrap_or("unknown");
        let why = match (&self.why, self.confirmed) {
            (Some(why), _) => why,
            (None, true) => "not deleted yet",
            (None, false) => "its creation was never confirmed, and it was not looked up yet",
        };
        write!(f, "{} {id}: {why}", self.kind)
    }
}

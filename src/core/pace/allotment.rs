use serde::{Deserialize, Serialize};

/// A total that parts share, redistributed without ever being exceeded: before one part gets more, another must have
/// returned it.
///
/// Each order to a part has a number, and a part that returns a share names the order: a report about an older one may be
/// out of date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allotment {
    total: u64,
    parts: Vec<Part>,
    turn: usize,
}

/// What a part may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    /// The most that it can be using now.
    held: u64,
    /// Its last order.
    told: u64,
    /// Its target share.
    aim: u64,
    order: u64,
    gone: bool,
}

/// An order to a part: what it may use from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Which part.
    pub part: usize,
    /// As much as this.
    pub limit: u64,
    /// The number of the order.
    pub order: u64,
}

/// What a part could use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// In use, or waited for.
    pub need: u64,
    /// Held in addition, and not needed.
    pub keep: u64,
    /// Wanted of what is neither needed nor held; the rest is divided evenly.
    pub spare: u64,
}

impl Allotment {
    /// An even division at first, among parts with these wants.
    pub fn new(total: u64, wants: &[u64]) -> Self {
        let shares = fill(total, wants, 0);
        let part = |share: u64| Part {
            held: share,
            told: share,
            aim: share,
            order: 0,
            gone: false,
        };
        Self {
            total,
            parts: shares.into_iter().map(part).collect(),
            turn: 0,
        }
    }

    /// One more part, which has nothing yet.
    pub fn add_part(&mut self) {
        self.parts.push(Part::default());
    }

    /// The orders of now anew, with numbers beyond `skipped` others that nobody knows of any more.
    pub fn repeat(&mut self, skipped: u64) -> Vec<Quota> {
        let parts = self.parts.iter_mut().enumerate();
        let there = parts.filter(|(_, part)| !part.gone);
        let again = there.map(|(place, part)| {
            part.order += skipped;
            part.tell(place, part.told)
        });
        again.collect()
    }

    /// The last order to a part.
    pub fn limit(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.told)
    }

    /// The total.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Sets the total; takes effect with [`Self::aim`].
    pub fn set_total(&mut self, total: u64) {
        self.total = total;
    }

    /// Computes the target shares from the wants: needs first, then what is held, then the rest.
    /// Returns the orders to parts that get less; those to the others follow with [`Self::grants`].
    pub fn aim(&mut self, wants: &[Want]) -> Vec<Quota> {
        // With less than one for each, the parts take turns.
        self.turn = (self.turn + 1) % self.parts.len().max(1);
        let at = |place: usize| wants.get(place).copied().unwrap_or_default();
        let parts = 0..self.parts.len();
        let mut shares = vec![0; self.parts.len()];
        let mut left = self.total;
        let tiers: [Vec<u64>; 4] = [
            parts.clone().map(|place| at(place).need).collect(),
            parts.clone().map(|place| at(place).keep).collect(),
            parts.clone().map(|place| at(place).spare).collect(),
            vec![self.total; self.parts.len()],
        ];
        for mut tier in tiers {
            for (want, part) in tier.iter_mut().zip(&self.parts) {
                *want = if part.gone { 0 } else { *want };
            }
            for (share, more) in shares.iter_mut().zip(fill(left, &tier, self.turn)) {
                *share += more;
                left -= more;
            }
        }
        let mut orders = Vec::new();
        for ((place, part), share) in self.parts.iter_mut().enumerate().zip(shares) {
            part.aim = share;
            if share < part.told {
                orders.push(part.tell(place, share));
            }
        }
        orders
    }

    /// A part uses no more than `held`, by the order with this number.
    pub fn gave_back(&mut self, part: usize, order: u64, held: u64) {
        if let Some(part) = self.parts.get_mut(part)
            && part.order == order
        {
            part.held = part.told.max(held.min(part.held));
        }
    }

    /// A part has ended: its share is free.
    pub fn gone(&mut self, part: usize) {
        if let Some(part) = self.parts.get_mut(part) {
            *part = Part {
                order: part.order + 1,
                gone: true,
                ..Part::default()
            };
        }
    }

    /// The orders to parts that get more, after others have returned shares.
    pub fn grants(&mut self) -> Vec<Quota> {
        let held: u64 = self.parts.iter().map(|part| part.held).sum();
        let mut free = self.total.saturating_sub(held);
        let mut orders = Vec::new();
        for (place, part) in self.parts.iter_mut().enumerate() {
            // A part may keep what it has not returned yet.
            let limit = part.aim.min(part.held + free);
            if limit <= part.told {
                continue;
            }
            free -= limit.saturating_sub(part.held);
            part.held = part.held.max(limit);
            orders.push(part.tell(place, limit));
        }
        orders
    }
}

impl Part {
    fn tell(&mut self, place: usize, limit: u64) -> Quota {
        self.told = limit;
        self.order += 1;
        Quota {
            part: place,
            limit,
            order: self.order,
        }
    }
}

/// Max-min fair shares ("water filling", Bertsekas and Gallager, "Data Networks", 6.5.2): no part gets more than it wants,
/// and a part that gets less gets as much as any other. The remainder goes to the first ones from `turn` on.
fn fill(total: u64, wants: &[u64], turn: usize) -> Vec<u64> {
    let mut shares = vec![0; wants.len()];
    let mut left = total;
    loop {
        let open: Vec<usize> = (0..wants.len())
            .map(|place| (place + turn) % wants.len())
            .filter(|place| shares[*place] < wants[*place])
            .collect();
        if open.is_empty() || left == 0 {
            return shares;
        }
        let each = (left / open.len() as u64).max(1);
        for place in open {
            let more = each.min(wants[place] - shares[place]).min(left);
            shares[place] += more;
            left -= more;
        }
    }
}

/// A whole that parts share, moved between them without ever being more: what one is to have more, another must have
/// given back first.
///
/// Each order to a part has a number, and a part that gives back says by which order: what it says of an older one may be
/// out of date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allotment {
    total: u64,
    parts: Vec<Part>,
    turn: usize,
}

/// What a part may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Part {
    /// The most that it can be using now.
    held: u64,
    /// What it was told last.
    told: u64,
    /// What it should have.
    aim: u64,
    order: u64,
    gone: bool,
}

/// Tells a part what it may use from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Which part.
    pub part: usize,
    /// As much as this.
    pub limit: u64,
    /// The number to give back by.
    pub order: u64,
}

/// What a part could use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Uses now, or waits for.
    pub need: u64,
    /// Holds besides, and could do without.
    pub keep: u64,
    /// Would take of what nobody needs or holds; what nobody takes either is divided evenly.
    pub spare: u64,
}

impl Allotment {
    /// Evenly at first, among parts of which each wants so much.
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

    /// What a part was told last.
    pub fn limit(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |part| part.told)
    }

    /// The whole.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The whole is another one from now on; [`Self::aim`] makes it so.
    pub fn set_total(&mut self, total: u64) {
        self.total = total;
    }

    /// Aims at shares by what the parts want: needs first, then what they hold, then what they would take of the rest.
    /// Gives the orders to those who get less; the others' come with [`Self::grants`].
    pub fn aim(&mut self, wants: &[Want]) -> Vec<Quota> {
        // Where there is less than one for each, they take turns.
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

    /// A part is gone: nobody uses what it had.
    pub fn gone(&mut self, part: usize) {
        if let Some(part) = self.parts.get_mut(part) {
            *part = Part {
                order: part.order + 1,
                gone: true,
                ..Part::default()
            };
        }
    }

    /// Who may have more, now that others gave back.
    pub fn grants(&mut self) -> Vec<Quota> {
        let held: u64 = self.parts.iter().map(|part| part.held).sum();
        let mut free = self.total.saturating_sub(held);
        let mut orders = Vec::new();
        for (place, part) in self.parts.iter_mut().enumerate() {
            // What it has not given back yet it may keep.
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

/// Max-min fair shares ("water filling", Bertsekas and Gallager, "Data Networks", 6.5.2): nobody gets more than it wants,
/// and who gets less gets as much as any other. What does not divide goes to the first ones from `turn` on.
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

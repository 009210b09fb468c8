//! The plan of a run that searches.

use super::shape::{Arrivals, DEFAULT_MAX_USERS, Rate};
use super::{Length, Plan, SearchPlan, Shape};

impl Plan {
    /// The same with a search: it begins at the lowest level, and the search alone says when it ends.
    #[must_use]
    pub fn searching(self, search: SearchPlan) -> Self {
        let arrivals = self.shape.arrivals.as_ref();
        let arrivals = search.open.then(|| Arrivals {
            rate: Rate::Constant(search.from),
            even: arrivals.is_some_and(|of| of.even),
            max_users: arrivals.map_or(DEFAULT_MAX_USERS, |of| of.max_users),
        });
        Self {
            // Within its bounds a level of users is a whole number.
            users: if search.open {
                self.users
            } else {
                search.from as u32
            },
            length: Length::Continuous,
            shape: Shape {
                arrivals,
                ..Shape::default()
            },
            thresholds: Vec::new(),
            incidents: Vec::new(),
            search: Some(search),
            ..self
        }
    }
}

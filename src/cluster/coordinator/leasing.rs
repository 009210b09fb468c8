//! What the link does about rows of data files that users take exclusively.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::dispatcher::Dispatch;
use super::rows::Answers;
use super::workers::Workers;
use crate::engine::{Order, RemoteOrder};
use crate::script::{Bundle, RowRequest};

impl Workers {
    /// Takes note of the sources that an order brings.
    pub(super) fn note_sources(&mut self, what: &Dispatch) {
        let roster = match what {
            Dispatch::Order(RemoteOrder::Start(start)) => &start.roster,
            Dispatch::Order(RemoteOrder::All(Order::Roster(roster))) => roster,
            _ => return,
        };
        let answers = self.rows.play(roster.bundles.values());
        self.answer_rows(answers);
    }

    /// Another coordinator leased rows so far, while users played these sources.
    pub fn ask_for_rows(&mut self, sources: &[Arc<Bundle>]) {
        let members = self.members.iter().enumerate();
        let there = members.filter(|(_, one)| !one.is_over() || one.is_awaited());
        let there: BTreeSet<usize> = there.map(|(index, _)| index).collect();
        let mut answers = self.rows.declare(there);
        answers.extend(self.rows.play(sources.iter()));
        self.answer_rows(answers);
    }

    pub(super) fn on_rows(&mut self, index: usize, request: RowRequest) {
        let member = &self.members[index];
        // Users of one that is lost get no more rows; what they had comes back while it still speaks.
        let is_refused = matches!(request, RowRequest::Lease { .. }) || !member.is_awaited();
        if member.is_over() && is_refused {
            return;
        }
        self.rows.workers = self.members.iter().filter(|one| !one.is_over()).count();
        let answers = self.rows.on(index, request);
        self.answer_rows(answers);
    }

    /// A worker has no users any more, and will have none.
    pub(super) fn free_rows(&mut self, index: usize) {
        let answers = self.rows.free(index);
        self.answer_rows(answers);
    }

    fn answer_rows(&mut self, answers: Answers) {
        for (index, what) in answers {
            let to = index.map(|index| self.members[index].member.incarnation.clone());
            self.send(Dispatch::Rows(to, what));
        }
    }
}

//! Which commands read a plan file, and of which scripts.

use super::{Command, RunOptions, ScriptOptions};

impl Command {
    /// Which scripts it is about, where it reads their plan file.
    pub fn scripts(&self) -> Option<&ScriptOptions> {
        match self {
            Self::Test(test) => Some(&test.scripts),
            other => other.of_a_run().map(|run| &run.scripts),
        }
    }

    /// The options of a run, where the command has them.
    fn of_a_run(&self) -> Option<&RunOptions> {
        match self {
            Self::Run(run) | Self::Populate(run) => Some(run),
            Self::Demo(demo) => Some(&demo.run),
            Self::Plan(plan) => Some(&plan.run),
            Self::Search(search) => Some(&search.run),
            Self::Check(check) => Some(&check.run),
            Self::Try(one) => Some(&one.run),
            // It reads no plan file.
            Self::Replay(_)
            | Self::Init(_)
            | Self::New(_)
            | Self::Test(_)
            | Self::Api(_)
            | Self::Ctl(_)
            | Self::Worker(_)
            | Self::Cluster(_)
            | Self::Cleanup(_)
            | Self::Runs(_)
            | Self::Show(_)
            | Self::Compare(_)
            | Self::Service(_)
            | Self::Completions { .. }
            | Self::Man { .. } => None,
        }
    }
}

use std::cmp::Ordering;

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::plan::file::{Entry, PlanFile};

/// Where each value came from: the command line wins over the environment, and that over the plan file, also between
/// options that exclude each other.
pub(super) struct ValueSources<'a> {
    matches: Option<&'a ArgMatches>,
    file: &'a PlanFile,
}

/// The places where a value may stand, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Nowhere,
    File,
    Environment,
    Line,
}

impl<'a> ValueSources<'a> {
    pub(super) fn of(matches: &'a ArgMatches, file: &'a PlanFile) -> Self {
        Self {
            matches: matches.subcommand().map(|(_, matches)| matches),
            file,
        }
    }

    /// Where the value of the option, by its field's name, stands.
    pub(super) fn source(&self, option: &str) -> Source {
        match self.of_clap(option) {
            Some(ValueSource::CommandLine) => Source::Line,
            Some(ValueSource::EnvVariable) => Source::Environment,
            // A flag is false by default, and what is no option stands in the file only.
            _ if self.file.entry(option).is_some() => Source::File,
            _ => Source::Nowhere,
        }
    }

    /// Which of two options, by their fields' names, stands in the stronger place.
    pub(super) fn compare(&self, one: &str, other: &str) -> Ordering {
        self.source(one).cmp(&self.source(other))
    }

    /// Whether the option, by its field's name, stands on the line itself.
    pub(super) fn on_the_line(&self, option: &str) -> bool {
        self.source(option) == Source::Line
    }

    pub(super) fn in_the_environment(&self, option: &str) -> bool {
        self.source(option) == Source::Environment
    }

    /// The variable that gave `option` (`--users`, `-e`) its value, if one did.
    pub(super) fn variable_of(&self, option: &str) -> Option<String> {
        let field = field_of(option);
        self.in_the_environment(&field)
            .then(|| format!("THRONG_{}", field.to_uppercase()))
    }

    /// The entry of the plan file that gave `option` (`--users`, `-e`) its value, if one did.
    pub(super) fn entry_of(&self, option: &str) -> Option<&'a Entry> {
        let field = field_of(option);
        let is_from_file = option.starts_with('-') && self.source(&field) == Source::File;
        self.file.entry(&field).filter(|_| is_from_file)
    }

    /// The entries of the plan file.
    pub(super) fn entries(&self) -> &'a [Entry] {
        &self.file.entries
    }

    fn of_clap(&self, option: &str) -> Option<ValueSource> {
        self.matches.and_then(|matches| {
            matches
                .try_contains_id(option)
                .ok()?
                .then(|| matches.value_source(option))?
        })
    }
}

/// `vars` for `-e`, and `error_rate` for `--error-rate`.
pub(super) fn field_of(option: &str) -> String {
    match option.trim_start_matches('-') {
        "e" | "var" => "vars".to_owned(),
        // The names of types are as they are.
        of_type if of_type.starts_with("types.") => of_type.to_owned(),
        long => long.replace('-', "_"),
    }
}

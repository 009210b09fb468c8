use clap::ArgMatches;
use clap::parser::ValueSource;

/// Where the words came from: the line wins over the environment also between options that exclude each other.
pub(super) struct Typed<'a> {
    matches: Option<&'a ArgMatches>,
}

impl<'a> Typed<'a> {
    pub(super) fn of(matches: &'a ArgMatches) -> Self {
        Self {
            matches: matches.subcommand().map(|(_, matches)| matches),
        }
    }

    /// Whether the option, by its field's name, stands on the line itself.
    pub(super) fn on_the_line(&self, option: &str) -> bool {
        self.source(option) == Some(ValueSource::CommandLine)
    }

    pub(super) fn in_the_environment(&self, option: &str) -> bool {
        self.source(option) == Some(ValueSource::EnvVariable)
    }

    fn source(&self, option: &str) -> Option<ValueSource> {
        self.matches.and_then(|matches| {
            matches
                .try_contains_id(option)
                .ok()?
                .then(|| matches.value_source(option))?
        })
    }
}

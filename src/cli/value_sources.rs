use clap::ArgMatches;
use clap::parser::ValueSource;

/// Where each value came from: the command line wins over the environment also between options that exclude each other.
pub(super) struct ValueSources<'a> {
    matches: Option<&'a ArgMatches>,
}

impl<'a> ValueSources<'a> {
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

    /// The variable that gave `option` (`--users`, `-e`) its value, if one did.
    pub(super) fn variable_of(&self, option: &str) -> Option<String> {
        let field = match option.trim_start_matches('-') {
            "e" => "vars".to_owned(),
            long => long.replace('-', "_"),
        };
        self.in_the_environment(&field)
            .then(|| format!("THRONG_{}", field.to_uppercase()))
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

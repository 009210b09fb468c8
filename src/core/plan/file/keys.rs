use crate::plan::Setting;

/// The tables that stand for no option.
const TABLES: [&str; 3] = ["types", "weights", "incident"];

/// What may stand in a plan file beside the live settings and its own tables; by default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    pub options: Vec<Key>,
    pub refused: Vec<Refused>,
}

/// An option that may stand in a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its long name with `_` for `-`.
    pub name: String,
    /// The key of its entry, under which it may stand too.
    pub id: String,
    /// Other names of the option, which are no keys.
    pub aliases: Vec<String>,
    pub kind: Kind,
}

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A string or a number.
    One,
    /// The same, or an array of them: parts of a text with commas.
    List,
    /// The same, or an array of them: the option is given several times.
    Many,
    /// A table of names with values, or an array of `NAME=VALUE`.
    Pairs,
}

/// An option that is not allowed in a plan file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub name: String,
    /// Why not.
    pub cause: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
}

impl Keys {
    /// The option that stands under this key.
    pub fn named(&self, key: &str) -> Option<&Key> {
        self.options
            .iter()
            .find(|option| option.name == key || option.id == key)
    }

    /// The key of the option that has this other name.
    pub(super) fn of_alias(&self, alias: &str) -> Option<&str> {
        let has = |option: &&Key| option.aliases.iter().any(|one| one == alias);
        self.options.iter().find(has).map(|key| key.name.as_str())
    }

    /// All that may stand at the top of a file.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let options = self.options.iter().map(|option| option.name.as_str());
        let settings = Setting::ALL.map(Setting::name);
        options.chain(settings).chain(TABLES)
    }
}

impl Kind {
    /// What a value must be, and how it is written under this key.
    pub(super) fn form(self, key: &str) -> (&'static str, String) {
        match self {
            Self::Flag => ("must be true or false", format!("write {key} = true")),
            Self::One => (
                "must be a string or a number",
                format!("write {key} = \"VALUE\""),
            ),
            Self::List | Self::Many => (
                "must be a string, or an array of them",
                format!("write {key} = [\"ONE\", \"OTHER\"]"),
            ),
            Self::Pairs => (
                "must be a table of names with strings or numbers, or an array of \"NAME=VALUE\"",
                format!("write {key} = {{ NAME = \"VALUE\" }}"),
            ),
        }
    }
}

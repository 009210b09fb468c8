use super::value_sources::ValueSources;
use crate::plan::live::Scalar;
use crate::plan::{Fault, Setting};

/// Collects what is wrong with the values of a line.
pub(super) struct Faults<'a> {
    found: Vec<Fault>,
    typed: &'a ValueSources<'a>,
}

impl<'a> Faults<'a> {
    pub(super) fn of(typed: &'a ValueSources<'a>) -> Self {
        Self {
            found: Vec::new(),
            typed,
        }
    }

    /// What `option` says, by `read`, or `default` where it says nothing. A value that `read` refuses is a fault, and the
    /// default stands for it while the rest is read.
    pub(super) fn read<T>(
        &mut self,
        option: &str,
        value: Option<&str>,
        default: T,
        read: impl FnOnce(&str) -> Option<T>,
        (cause, remedy): (&str, &str),
    ) -> T {
        let Some(text) = value else { return default };
        read(text).unwrap_or_else(|| {
            self.push(format!("--{option} {}", quoted(text)), cause, remedy);
            default
        })
    }

    /// The value of a live setting, or its default.
    pub(super) fn setting(&mut self, setting: Setting, value: Option<&str>, default: f64) -> f64 {
        let Some(text) = value else { return default };
        setting.read(Scalar::Text(text)).unwrap_or_else(|why| {
            let thing = format!("--{} {}", setting.option(), quoted(text));
            self.push(thing, why.cause, why.remedy);
            default
        })
    }

    /// Adds a fault; `thing` begins with the option.
    pub(super) fn push(
        &mut self,
        thing: impl Into<String>,
        cause: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let mut thing = thing.into();
        let option = thing.split(' ').next().unwrap_or_default();
        if let Some(variable) = self.typed.variable_of(option) {
            thing = format!("{thing} (from {variable})");
        }
        self.found.push(Fault::new(thing, cause, remedy));
    }

    /// Adds faults of a plan, whose fields have the names of the options.
    pub(super) fn add_of_plan(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            self.push(format!("--{}", fault.thing), fault.cause, fault.remedy);
        }
    }

    /// The value, where nothing was wrong.
    pub(super) fn or<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.found.is_empty() {
            Ok(value)
        } else {
            Err(self.found)
        }
    }
}

/// The text, in quotes where a reader could not see its ends.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_graphic() && c != '"' && c != '\'');
    if plain {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}

/// All faults as one message, to stand behind `error: `.
pub(super) fn page(faults: &[Fault]) -> String {
    match faults {
        [one] => one.to_string(),
        many => {
            let lines: Vec<String> = many.iter().map(|fault| format!("  {fault}")).collect();
            format!("{} things are wrong\n{}", many.len(), lines.join("\n"))
        }
    }
}

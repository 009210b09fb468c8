use super::value_sources::{ValueSources, field_of};
use crate::plan::file::FileFault;
use crate::plan::live::Scalar;
use crate::plan::share::parse_share;
use crate::plan::{Fault, Setting};

/// Collects what is wrong with the values of a line.
pub(super) struct Faults<'a> {
    /// With the place in the plan file, where it is there.
    found: Vec<(Option<(usize, usize)>, Fault)>,
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

    /// A share from 0 to 1, or its default.
    pub(super) fn share(&mut self, option: &str, value: Option<&str>, default: f64) -> f64 {
        let Some(text) = value else { return default };
        parse_share(text).unwrap_or_else(|why| {
            let thing = format!("--{option} {}", quoted(text));
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
        let mut position = None;
        let mut cause = cause.into();
        if let Some(entry) = self.typed.entry_of(option) {
            let place = entry.place_in(&thing);
            position = Some(place.position());
            thing = format!("{place}: {}", self.as_keys(&thing));
            cause = self.as_keys(&cause);
        } else if let Some(variable) = self.typed.variable_of(option) {
            thing = format!("{thing} (from {variable})");
        }
        let fault = Fault::new(thing, cause, remedy);
        self.found.push((position, fault));
    }

    /// Adds faults of the plan file itself.
    pub(super) fn add_of_file(&mut self, faults: &[FileFault]) {
        for FileFault { place, fault } in faults {
            let thing = format!("{place}: {}", fault.thing);
            let fault = Fault::new(thing, &fault.cause, &fault.remedy);
            self.found.push((Some(place.position()), fault));
        }
    }

    /// The same with the options of the plan file by their keys.
    fn as_keys(&self, thing: &str) -> String {
        let words = thing.split(' ').map(|word| {
            let is_key = self.typed.entry_of(word).is_some();
            if is_key {
                field_of(word)
            } else {
                word.to_owned()
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Adds faults of a plan, whose fields have the names of the options.
    pub(super) fn add_of_plan(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            self.push(format!("--{}", fault.thing), fault.cause, fault.remedy);
        }
    }

    /// The value, where nothing was wrong. Faults of the plan file are in the order of its text, before the others.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Vec<Fault>> {
        if self.found.is_empty() {
            return Ok(value);
        }
        self.found
            .sort_by_key(|(position, _)| (position.is_none(), *position));
        Err(self.found.into_iter().map(|(_, fault)| fault).collect())
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

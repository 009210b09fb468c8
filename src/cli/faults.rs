use crate::plan::Fault;

/// Collects what is wrong with the values of a line, in the order of its options.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
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

    pub(super) fn push(
        &mut self,
        thing: impl Into<String>,
        cause: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Fault::new(thing, cause, remedy));
    }

    /// Adds faults of a plan, whose fields have the names of the options.
    pub(super) fn add_of_plan(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults.into_iter().map(|fault| Fault {
            thing: format!("--{}", fault.thing),
            ..fault
        }));
    }

    /// The value, where nothing was wrong.
    pub(super) fn or<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.0)
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

/// All faults as one message.
pub(super) fn page(faults: &[Fault]) -> String {
    match faults {
        [one] => format!("error: {one}"),
        many => {
            let lines: Vec<String> = many.iter().map(|fault| format!("  {fault}")).collect();
            format!(
                "error: {} things are wrong\n{}",
                many.len(),
                lines.join("\n")
            )
        }
    }
}

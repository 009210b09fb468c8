//! The values for scripts: read from files and the environment, and which of them are secrets.

mod dotenv;

use std::collections::BTreeMap;
use std::path::Path;

use crate::app::process::exit::Failure;
use crate::app::run::outputs;
use crate::cli::{Resolved, TokenSource, Var};
use crate::secrets::{Masker, is_secret_key};

/// Values longer than this are no variables.
const VALUE_LIMIT: u64 = 1 << 20;

/// Values with whether they are secret.
#[derive(Default)]
struct Values(BTreeMap<String, (String, bool)>);

/// Reads every `-e` into the plan; what comes back knows the secrets among them, and the others of the line.
///
/// # Errors
/// Names everything that cannot be read.
pub fn read(resolved: &mut Resolved) -> Result<Masker, Failure> {
    let mut values = Values::default();
    let mut faults = Vec::new();
    for var in &resolved.vars {
        if let Err(of_one) = values.take(var) {
            faults.extend(of_one);
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Usage(faults.join("\n")));
    }
    let target = resolved.plan.base_url.as_str();
    // What the target's own address shows is no secret, wherever else it stands.
    let secret = values.0.values().filter(|(_, secret)| *secret);
    let mut secrets: Vec<String> = secret
        .map(|(value, _)| value.clone())
        .filter(|value| !target.contains(value.as_str()))
        .collect();
    secrets.extend(of_the_line(resolved));
    secrets.extend(outputs::read_headers(resolved)?);
    resolved.plan.vars = values
        .0
        .into_iter()
        .map(|(key, (value, _))| (key, value))
        .collect();
    Masker::new(secrets.iter().map(String::as_str)).map_err(Failure::Usage)
}

/// The proxy's password and the token that was given.
fn of_the_line(resolved: &Resolved) -> Vec<String> {
    let password = resolved.http.proxy.as_ref().and_then(|url| url.password());
    let decoded = password.map(|text| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    });
    let token = match &resolved.token {
        Some(TokenSource::Typed(token)) => Some(token.clone()),
        // One that cannot be read is reported when it is needed.
        Some(TokenSource::File(file)) => std::fs::read_to_string(file)
            .ok()
            .map(|text| text.trim_end().to_owned()),
        None => None,
    };
    decoded.into_iter().chain(token).collect()
}

impl Values {
    fn take(&mut self, var: &Var) -> Result<(), Vec<String>> {
        match var {
            Var::Value { key, value, shown } => {
                let secret = is_secret_key(key) || (!shown && is_worth_hiding(value));
                self.put(key, value.clone(), secret);
            }
            Var::File(key, file) => {
                let text = read_text(file)
                    .map_err(|why| vec![format!("-e {key}=@{}: {why}", file.display())])?;
                self.put(key, text.trim_end_matches(['\r', '\n']).to_owned(), true);
            }
            Var::Environment(key) => {
                let value = std::env::var(key).map_err(|why| vec![unset(key, &why)])?;
                let secret = is_secret_key(key) || is_worth_hiding(&value);
                self.put(key, value, secret);
            }
            Var::Lines(file) => {
                let text = read_text(file)
                    .map_err(|why| vec![format!("-e @{}: {why}", file.display())])?;
                let pairs = dotenv::pairs(&text).map_err(|faults| {
                    let faults = faults.iter();
                    let line = |fault| format!("{}:{fault}", file.display());
                    faults.map(line).collect::<Vec<_>>()
                })?;
                for (key, value) in pairs {
                    let secret = is_secret_key(&key) || is_worth_hiding(&value);
                    self.put(&key, value, secret);
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, key: &str, value: String, secret: bool) {
        self.0.insert(key.to_owned(), (value, secret));
    }
}

/// What nobody named a secret, and nobody typed where others see it: all but numbers and switches.
fn is_worth_hiding(value: &str) -> bool {
    value.parse::<f64>().is_err() && !matches!(value, "true" | "false")
}

fn unset(key: &str, why: &std::env::VarError) -> String {
    match why {
        std::env::VarError::NotPresent => format!(
            "-e {key}: there is no variable {key} in the environment; set it, or give KEY=VALUE, or KEY=@FILE to read the value from a file"
        ),
        std::env::VarError::NotUnicode(_) => {
            format!("-e {key}: the variable {key} of the environment is not UTF-8")
        }
    }
}

fn read_text(file: &Path) -> Result<String, String> {
    let remedy = |why: std::io::Error| format!("{why}; name a file that can be read");
    let size = std::fs::metadata(file).map_err(remedy)?.len();
    if size > VALUE_LIMIT {
        return Err(format!(
            "the file has {size} bytes; values have at most {VALUE_LIMIT}"
        ));
    }
    std::fs::read_to_string(file).map_err(remedy)
}

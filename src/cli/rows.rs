use super::resolved::{Lib, Listen, Resolved, Scripts};
use super::span::show_span;
use crate::plan::{Length, Plan};

impl Resolved {
    /// What will run, as names and values for a table; values of variables stay out, since they may be secrets.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let plan = &self.plan;
        vec![
            ("target", plan.base_url.to_string()),
            ("users", plan.users.to_string()),
            (
                "types",
                plan.types
                    .as_ref()
                    .map_or_else(|| "all".to_owned(), |types| types.join(", ")),
            ),
            ("length", length(plan.length)),
            ("ramp", show_span(plan.ramp())),
            ("requests", requests(plan)),
            ("error rate", format!("{} %", plan.error_rate)),
            ("think factor", plan.think_factor.to_string()),
            (
                "seed",
                format!(
                    "{}{}",
                    plan.seed,
                    if self.seed_is_fresh { " (drawn)" } else { "" }
                ),
            ),
            ("threads", plan.shards.to_string()),
            ("clean-up", cleanup(plan)),
            ("scripts", scripts(&self.scripts)),
            ("modules", modules(&self.lib)),
            ("variables", variables(plan)),
            ("metrics", listen(self.listen)),
        ]
    }
}

fn length(length: Length) -> String {
    match length {
        Length::Once => "one session each".to_owned(),
        Length::Duration(span) => show_span(span),
        Length::Continuous => "until a signal".to_owned(),
        Length::Sessions(count) => format!("{count} sessions"),
    }
}

fn requests(plan: &Plan) -> String {
    match (plan.requests.min, plan.requests.max) {
        (None, None) => "as the scripts say".to_owned(),
        (Some(min), None) => format!("at least {min} a session"),
        (None, Some(max)) => format!("at most {max} a session"),
        (Some(min), Some(max)) => format!("{min} to {max} a session"),
    }
}

fn cleanup(plan: &Plan) -> String {
    match plan.cleanup.map(|cleanup| cleanup.interval) {
        None => "none".to_owned(),
        Some(None) => "at the end".to_owned(),
        Some(Some(interval)) => format!("every {} and at the end", show_span(interval)),
    }
}

fn scripts(scripts: &Scripts) -> String {
    match scripts {
        Scripts::Embedded => "inside the program".to_owned(),
        Scripts::Folder(folder) => folder.display().to_string(),
    }
}

fn modules(lib: &Lib) -> String {
    match lib {
        Lib::Embedded => "inside the program".to_owned(),
        Lib::Beside(folder) | Lib::Named(folder) => {
            format!("{}, then inside the program", folder.display())
        }
    }
}

fn variables(plan: &Plan) -> String {
    let names: Vec<&str> = plan.vars.keys().map(String::as_str).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn listen(listen: Listen) -> String {
    match listen {
        Listen::Nowhere => "no port".to_owned(),
        Listen::Default(address) => format!("{address}, or a free port"),
        Listen::Asked(address) => address.to_string(),
    }
}

//! `metrics`: a script's own counters, gauges and histograms, declared at load, and checks.

use std::rc::Rc;

use mlua::{Lua, Table, UserData, UserDataMethods, Value};

use super::{Declared, words};
use crate::metrics::{CustomKind, Declaration};
use crate::script::context;

/// The table `metrics`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, declared: &Rc<Declared>) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    for (name, kind) in [
        ("counter", CustomKind::Counter),
        ("gauge", CustomKind::Gauge),
        ("histogram", CustomKind::Histogram),
    ] {
        let declared = Rc::clone(declared);
        table.set(
            name,
            lua.create_function(move |_, (metric, opts): (String, Option<Table>)| {
                declare(&declared, kind, metric, opts.as_ref())
            })?,
        )?;
    }
    table.set(
        "check",
        lua.create_function(|_, (name, ok): (String, Value)| {
            let passed = !matches!(ok, Value::Nil | Value::Boolean(false));
            context::need("metrics.check")?
                .user
                .world
                .recorder
                .borrow_mut()
                .check(&name, passed);
            Ok(passed)
        })?,
    )?;
    Ok(table)
}

/// A declared metric in Lua's hands.
struct Metric(Declaration);

impl UserData for Metric {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_method(
            "add",
            |_, metric, (value, labels): (Option<f64>, Option<Table>)| {
                metric.update(
                    "add",
                    CustomKind::Counter,
                    value.unwrap_or(1.0),
                    labels.as_ref(),
                )
            },
        );
        methods.add_method("set", |_, metric, (value, labels): (f64, Option<Table>)| {
            metric.update("set", CustomKind::Gauge, value, labels.as_ref())
        });
        methods.add_method(
            "observe",
            |_, metric, (value, labels): (f64, Option<Table>)| {
                metric.update("observe", CustomKind::Histogram, value, labels.as_ref())
            },
        );
    }
}

impl Metric {
    fn update(
        &self,
        verb: &str,
        kind: CustomKind,
        value: f64,
        labels: Option<&Table>,
    ) -> mlua::Result<()> {
        let name = &self.0.name;
        if kind != self.0.kind {
            let right = match self.0.kind {
                CustomKind::Counter => "a counter: use :add(n)",
                CustomKind::Gauge => "a gauge: use :set(value)",
                CustomKind::Histogram => "a histogram: use :observe(value)",
            };
            return Err(mlua::Error::runtime(format!(
                "{name}:{verb}: it is {right}"
            )));
        }
        let context = context::need(&format!("{name}:{verb}"))?;
        let mut values = Vec::with_capacity(self.0.labels.len());
        for label in &self.0.labels {
            values.push(
                labels
                    .map(|given| given.get::<Option<String>>(label.as_str()))
                    .transpose()?
                    .flatten()
                    .unwrap_or_default(),
            );
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut recorder = context.user.world.recorder.borrow_mut();
        let metric = recorder
            .declare(self.0.clone())
            .map_err(|why| mlua::Error::runtime(format!("{name}:{verb}: {why}")))?;
        recorder
            .update(metric, &values, value)
            .map_err(|why| mlua::Error::runtime(format!("{name}:{verb}: {why}")))
    }
}

fn declare(
    declared: &Declared,
    kind: CustomKind,
    name: String,
    opts: Option<&Table>,
) -> mlua::Result<Metric> {
    if declared.closed.get() {
        return Err(mlua::Error::runtime(format!(
            "metrics: \"{name}\" is declared inside a function; declare it at the top of the file, where it runs once"
        )));
    }
    let read = |key: &str| opts.map(|opts| opts.get::<Value>(key)).transpose();
    let help = match read("help")? {
        Some(Value::String(text)) => text.to_string_lossy(),
        _ => format!("Declared by a script as {name}."),
    };
    let labels = match read("labels")? {
        Some(Value::Table(list)) => list
            .sequence_values::<String>()
            .collect::<mlua::Result<Vec<_>>>()?,
        _ => Vec::new(),
    };
    let declaration = Declaration {
        kind,
        name,
        help,
        labels,
    };
    // A recorder of its own checks the words; the run's recorder would do so only when a user first counts.
    crate::metrics::Recorder::new()
        .declare(declaration.clone())
        .map_err(|why| {
            mlua::Error::runtime(format!("metrics: {}", words(&mlua::Error::external(why))))
        })?;
    declared.metrics.borrow_mut().push(declaration.clone());
    Ok(Metric(declaration))
}

//! `metrics`: a script's own counters, gauges and histograms, declared at load, and checks.

use std::rc::Rc;

use mlua::{Lua, Table, UserData, UserDataMethods, Value};

use super::{Declared, argument};
use crate::metrics::{CustomKind, Declaration};
use crate::script::user::context;

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
            lua.create_function(move |_, (metric, opts): (Value, Value)| {
                let function = format!("metrics.{name}");
                let metric = argument::string(&function, "name", &metric)?.to_string_lossy();
                let opts = argument::optional_table(&function, "opts", &opts)?;
                declare(&declared, kind, metric, opts.as_ref())
            })?,
        )?;
    }
    table.set(
        "check",
        lua.create_function(|_, (name, ok): (Value, Value)| {
            let name = argument::string("metrics.check", "name", &name)?.to_string_lossy();
            argument::name("metrics.check: name", &name)?;
            let passed = !matches!(ok, Value::Nil | Value::Boolean(false));
            context::need("metrics.check")?
                .user
                .shard
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
        methods.add_method("add", |_, metric, (value, labels): (Value, Value)| {
            let value = if value.is_nil() {
                Value::Integer(1)
            } else {
                value
            };
            metric.update("add", CustomKind::Counter, &value, &labels)
        });
        methods.add_method("set", |_, metric, (value, labels): (Value, Value)| {
            metric.update("set", CustomKind::Gauge, &value, &labels)
        });
        methods.add_method("observe", |_, metric, (value, labels): (Value, Value)| {
            metric.update("observe", CustomKind::Histogram, &value, &labels)
        });
    }
}

impl Metric {
    fn update(
        &self,
        verb: &str,
        kind: CustomKind,
        value: &Value,
        labels: &Value,
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
        let function = format!("{name}:{verb}");
        let value = argument::number(&function, "value", value)?;
        let labels = argument::optional_table(&function, "labels", labels)?;
        if let Some(labels) = &labels {
            self.known_labels(&function, labels)?;
        }
        let context = context::need(&function)?;
        let mut values = Vec::with_capacity(self.0.labels.len());
        for label in &self.0.labels {
            values.push(
                labels
                    .as_ref()
                    .map(|given| given.get::<Option<String>>(label.as_str()))
                    .transpose()?
                    .flatten()
                    .unwrap_or_default(),
            );
        }
        for (label, value) in self.0.labels.iter().zip(&values) {
            argument::name(&format!("{function}: the label {label}"), value)?;
        }
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut recorder = context.user.shard.recorder.borrow_mut();
        let metric = recorder
            .declare(self.0.clone())
            .map_err(|why| mlua::Error::runtime(format!("{name}:{verb}: {why}")))?;
        recorder
            .update(metric, &values, value)
            .map_err(|why| mlua::Error::runtime(format!("{name}:{verb}: {why}")))
    }
}

impl Metric {
    fn known_labels(&self, function: &str, labels: &Table) -> mlua::Result<()> {
        labels.for_each(|label: Value, _: Value| {
            let label = label.to_string()?;
            if self.0.labels.contains(&label) {
                return Ok(());
            }
            Err(mlua::Error::runtime(format!(
                "{function}: it has no label '{label}'; there are: {}",
                self.0.labels.join(", ")
            )))
        })
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
    argument::name("metrics: a name", &name)?;
    if let Some(opts) = opts {
        argument::known(&format!("metrics: \"{name}\""), opts, "help, labels")?;
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
    for label in &labels {
        argument::name(&format!("metrics: \"{name}\": a label"), label)?;
    }
    let declaration = Declaration {
        kind,
        name,
        help,
        labels,
    };
    // A recorder of its own checks the words; the run's recorder would do so only when a user first counts.
    let mut recorder = crate::metrics::Recorder::new();
    for known in declared.metrics.borrow().iter().chain([&declaration]) {
        recorder
            .declare(known.clone())
            .map_err(|why| mlua::Error::runtime(format!("metrics: {why}")))?;
    }
    declared.metrics.borrow_mut().push(declaration.clone());
    Ok(Metric(declaration))
}

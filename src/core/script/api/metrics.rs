//! `metrics`: a script's own counters, gauges and histograms, declared at load, and checks.

use std::rc::Rc;

use mlua::{Lua, Table, UserData, UserDataMethods, Value};

use super::signature::{
    Field, Function, Namespace, Object, Options, Registration, method, optional, required, returned,
};
use super::{ModuleDeclarations, argument};
use crate::metrics::{CustomKind, Declaration};
use crate::script::user::context;
use crate::session_trace::{Check, What};

const PARAMS: &[Field] = &[
    required("name", "string").doc("Lower-case letters, digits and _, such as `orders_sent`."),
    optional("opts", "MetricOptions").doc("What it counts, and its labels."),
];
/// Where a declaration stands.
const LATE: &str = "An error inside a function, for a name that is not valid or was declared otherwise, and \
                    for the 101st metric of a run.";
const COUNTER: Function = Function::new(
    "metrics",
    "counter",
    "Declares a counter, which only grows.",
)
.takes(PARAMS)
.returns(&[returned(
    "Counter",
    "The metric, for a local at the top of the file.",
)])
.fails(LATE)
.example(include_str!("examples/metrics.counter.lua"));
const GAUGE: Function = Function::new(
    "metrics",
    "gauge",
    "Declares a gauge, which is set to a value.",
)
.takes(PARAMS)
.returns(&[returned(
    "Gauge",
    "The metric, for a local at the top of the file.",
)])
.fails(LATE)
.example(include_str!("examples/metrics.gauge.lua"));
const HISTOGRAM: Function = Function::new(
    "metrics",
    "histogram",
    "Declares a histogram; the summary shows its quantiles.",
)
.takes(PARAMS)
.returns(&[returned(
    "Histogram",
    "The metric, for a local at the top of the file.",
)])
.fails(LATE)
.example(include_str!("examples/metrics.histogram.lua"));
const CHECK: Function = Function::new(
    "metrics",
    "check",
    "Counts whether a condition held; needs no declaration.",
)
.takes(&[
    required("name", "string").doc("A fixed text: a run tells 100 apart."),
    required("ok", "any").doc("The condition; false and nil are failures."),
])
.returns(&[returned("boolean", "Whether it held.")])
.example(include_str!("examples/metrics.check.lua"));

/// `metrics`.
pub const TABLE: Namespace = Namespace {
    name: "metrics",
    doc: "Numbers of a script's own.",
    functions: &[&COUNTER, &GAUGE, &HISTOGRAM, &CHECK],
    values: &[],
};

/// What a declaration may say.
pub const OPTIONS: Options = Options {
    kind: "MetricOptions",
    doc: "What is known of a metric beside its name.",
    fields: &[
        optional("help", "string").doc("What it counts, in one sentence."),
        optional("labels", "string[]")
            .doc("The names of its labels, as those of metrics.")
            .or("none"),
    ],
    example: include_str!("examples/MetricOptions.lua"),
};

const LABELS: Field =
    optional("labels", "table<string, string>").doc("A value of each label that was declared.");
const ADD: Function = Function::method("counter", "add", "Adds to the counter.")
    .takes(&[
        optional("n", "number")
            .doc("How much, at least 0.")
            .unitless()
            .or("1"),
        LABELS,
    ])
    .fails("An error when n is negative, or for a label that was not declared.")
    .example(include_str!("examples/counter.add.lua"));
const SET: Function = Function::method("gauge", "set", "Sets the value of the gauge.")
    .takes(&[
        required("value", "number")
            .doc("The value from now on.")
            .unitless(),
        LABELS,
    ])
    .fails("An error when the value is not finite, or for a label that was not declared.")
    .example(include_str!("examples/gauge.set.lua"));
const OBSERVE: Function = Function::method("histogram", "observe", "Records a value.")
    .takes(&[
        required("value", "number")
            .doc("The value, at least 0.")
            .unitless(),
        LABELS,
    ])
    .fails("An error when the value is negative, or for a label that was not declared.")
    .example(include_str!("examples/histogram.observe.lua"));

/// What [`COUNTER`] returns.
pub const COUNTER_OBJECT: Object = Object {
    kind: "Counter",
    name: "counter",
    doc: "A metric that only grows.",
    fields: &[],
    methods: &[&ADD],
    example: "",
};
/// What [`GAUGE`] returns.
pub const GAUGE_OBJECT: Object = Object {
    kind: "Gauge",
    name: "gauge",
    doc: "A metric that is set.",
    fields: &[],
    methods: &[&SET],
    example: "",
};
/// What [`HISTOGRAM`] returns.
pub const HISTOGRAM_OBJECT: Object = Object {
    kind: "Histogram",
    name: "histogram",
    doc: "A metric of values and how often they came.",
    fields: &[],
    methods: &[&OBSERVE],
    example: "",
};

/// The table `metrics`.
///
/// # Errors
/// When Lua has no memory left.
pub fn table(lua: &Lua, declared: &Rc<ModuleDeclarations>) -> mlua::Result<Table> {
    let table = Registration::new(lua, &TABLE)?;
    for (described, kind) in [
        (&COUNTER, CustomKind::Counter),
        (&GAUGE, CustomKind::Gauge),
        (&HISTOGRAM, CustomKind::Histogram),
    ] {
        let declared = Rc::clone(declared);
        let function = described.path();
        table.function(described, move |_, (metric, opts): (Value, Value)| {
            let metric = argument::string(&function, "name", &metric)?.to_string_lossy();
            let opts = argument::optional_table(&function, "opts", &opts)?;
            declare(&declared, kind, metric, opts.as_ref())
        })?;
    }
    table.function(&CHECK, |_, (name, ok): (Value, Value)| {
        let name = argument::string("metrics.check", "name", &name)?.to_string_lossy();
        argument::name("metrics.check: name", &name)?;
        let passed = !matches!(ok, Value::Nil | Value::Boolean(false));
        let requester = &context::need("metrics.check")?.user.requester;
        if !passed {
            requester.session.count_failure();
        }
        if let Some(recorder) = requester.recorder() {
            let name = requester.shared.run.secrets.text(&name).into_owned();
            recorder.add(What::Check(Check { name, passed }));
        }
        let mut recorder = requester.shared.recorder.borrow_mut();
        recorder.check(&name, passed);
        Ok(passed)
    })?;
    table.finish()
}

/// A declared metric in Lua's hands.
struct Metric(Declaration);

impl UserData for Metric {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        method(
            methods,
            &ADD,
            |_, metric: &Self, (value, labels): (Value, Value)| {
                let value = if value.is_nil() {
                    Value::Integer(1)
                } else {
                    value
                };
                metric.update("add", CustomKind::Counter, &value, &labels)
            },
        );
        method(
            methods,
            &SET,
            |_, metric: &Self, (value, labels): (Value, Value)| {
                metric.update("set", CustomKind::Gauge, &value, &labels)
            },
        );
        method(
            methods,
            &OBSERVE,
            |_, metric: &Self, (value, labels): (Value, Value)| {
                metric.update("observe", CustomKind::Histogram, &value, &labels)
            },
        );
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
        let mut recorder = context.user.shard.requests.recorder.borrow_mut();
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
    declared: &ModuleDeclarations,
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
        OPTIONS.check(&format!("metrics: \"{name}\""), opts)?;
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

//! What scripts can call or write, as plain data.

use std::fmt::Write as _;

use mlua::{Error, Result, Table, Value};

use crate::script::vm::read_only;
use crate::text::did_you_mean;

/// The version of what has been there from the beginning.
pub const FIRST_VERSION: &str = "0.1.0";

/// The unit of a number that has none, as UCUM and OpenTelemetry write it: a count, a share, a status.
pub const UNITLESS: &str = "1";

/// A parameter of a function, or a field of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name; `...` takes any number of values.
    pub name: &'static str,
    /// Its type, as Lua's language server writes it: `string`, `number[]`, `table<string, string>`, `RequestOptions`.
    pub kind: &'static str,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it is, in one sentence; empty where its name says it.
    pub doc: &'static str,
    /// The unit of its number, such as `s` or `bytes`, or [`UNITLESS`]; empty where it is no number.
    pub unit: &'static str,
    /// What counts where it is left out, as a script would write it; empty where nothing does.
    pub default: &'static str,
}

/// A parameter that must be given, or a field that is always there.
pub const fn required(name: &'static str, kind: &'static str) -> Field {
    Field {
        name,
        kind,
        optional: false,
        doc: "",
        unit: "",
        default: "",
    }
}

/// A parameter or a field that may be nil.
pub const fn optional(name: &'static str, kind: &'static str) -> Field {
    Field {
        optional: true,
        ..required(name, kind)
    }
}

impl Field {
    /// The same with a sentence about it.
    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }

    /// The same with the unit of its number.
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// The same, a number without a unit: a count, a share, a status, or one whose meaning is the script's own.
    pub const fn unitless(self) -> Self {
        self.unit(UNITLESS)
    }

    /// The same with what counts where it is left out.
    pub const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }
}

/// A result of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// Its type, as [`Field::kind`] writes it; `?` behind one that may be nil, `...` behind one that stands for any
    /// number of results.
    pub kind: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// The unit of its number, as [`Field::unit`] has it.
    pub unit: &'static str,
}

/// A result with a sentence about it.
pub const fn returned(kind: &'static str, doc: &'static str) -> Returned {
    Returned {
        kind,
        doc,
        unit: "",
    }
}

impl Returned {
    /// The same with the unit of its number.
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// The same, a number without a unit.
    pub const fn unitless(self) -> Self {
        self.unit(UNITLESS)
    }
}

/// A function that scripts can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// The table that holds it, such as `crypto.base64`, or the object whose method it is; empty for a global.
    pub table: &'static str,
    /// Its name in there.
    pub name: &'static str,
    /// Whether it is called with a colon.
    pub method: bool,
    /// What it takes, in order; optional parameters come last.
    pub params: &'static [Field],
    /// Its results, in order.
    pub returns: &'static [Returned],
    /// Whether the user waits in it: then it cannot be called while a file loads.
    pub waits: bool,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// When it raises an error or returns nil, beside wrong arguments, which are errors of every function.
    pub errors: &'static str,
    /// The version of throng that brought it.
    pub since: &'static str,
    /// A whole script, or what a step does, that calls it. A test runs each, and compares what stands behind `-->` at the
    /// end of a line with the results of that line.
    pub example: &'static str,
}

impl Function {
    /// A function of a table without parameters and results.
    pub const fn new(table: &'static str, name: &'static str, doc: &'static str) -> Self {
        Self {
            table,
            name,
            method: false,
            params: &[],
            returns: &[],
            waits: false,
            doc,
            errors: "",
            since: FIRST_VERSION,
            example: "",
        }
    }

    /// A function that is no table's.
    pub const fn global(name: &'static str, doc: &'static str) -> Self {
        Self::new("", name, doc)
    }

    /// A method of an object.
    pub const fn method(object: &'static str, name: &'static str, doc: &'static str) -> Self {
        Self {
            method: true,
            ..Self::new(object, name, doc)
        }
    }

    /// With these parameters.
    pub const fn takes(self, params: &'static [Field]) -> Self {
        Self { params, ..self }
    }

    /// With these results.
    pub const fn returns(self, returns: &'static [Returned]) -> Self {
        Self { returns, ..self }
    }

    /// One in which the user waits.
    pub const fn waits(self) -> Self {
        Self {
            waits: true,
            ..self
        }
    }

    /// The same with when it fails.
    pub const fn fails(self, errors: &'static str) -> Self {
        Self { errors, ..self }
    }

    /// The same with the version that brought it.
    pub const fn since(self, since: &'static str) -> Self {
        Self { since, ..self }
    }

    /// The same with an example.
    pub const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// How scripts name it: `random.int`, `feed:take`, `think`.
    pub fn path(&self) -> String {
        match (self.table, self.method) {
            ("", _) => self.name.to_owned(),
            (table, false) => format!("{table}.{}", self.name),
            (object, true) => format!("{object}:{}", self.name),
        }
    }

    /// Its path and parameters, the optional ones in brackets: `random.string(n [, alphabet])`.
    pub fn signature(&self) -> String {
        let mut signature = self.path() + "(";
        for (place, param) in self.params.iter().enumerate() {
            let opens =
                param.optional && !self.params[..place].iter().any(|before| before.optional);
            let before = match (place, opens) {
                (0, true) => "[",
                (0, false) => "",
                (_, true) => " [, ",
                (_, false) => ", ",
            };
            signature.push_str(before);
            signature.push_str(param.name);
        }
        if self.params.iter().any(|param| param.optional) {
            signature.push(']');
        }
        signature + ")"
    }
}

/// A table of functions, such as `random` or `crypto.base64`.
#[derive(Debug, Clone, Copy)]
pub struct Namespace {
    /// The name under which scripts find it.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [&'static Function],
    /// What it holds beside functions and tables of functions.
    pub values: &'static [Field],
}

/// An object that functions give to scripts, or take from them.
#[derive(Debug, Clone, Copy)]
pub struct Object {
    /// Its type, such as `Feed`.
    pub kind: &'static str,
    /// How documents name one: `feed`.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Its methods.
    pub methods: &'static [&'static Function],
    /// As [`Function::example`]; empty where those of the methods show the object.
    pub example: &'static str,
}

/// A table that scripts write: options of a function, or what a file returns. Other keys are refused.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Its type, such as `CookieOptions`.
    pub kind: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// The keys that there are.
    pub fields: &'static [Field],
    /// As [`Function::example`].
    pub example: &'static str,
}

impl Options {
    /// Whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.name == key)
    }

    /// All keys, for a message that says which there are.
    pub fn keys(&self) -> String {
        let mut keys = String::new();
        for (place, field) in self.fields.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(keys, "{comma}{}", field.name);
        }
        keys
    }

    /// Refuses a table with a key that nothing reads: it is misspelt, and would do nothing in silence.
    ///
    /// # Errors
    /// Names the first such key and those there are.
    pub fn check(&self, what: &str, table: &Table) -> Result<()> {
        read_only::real(table).for_each(|key: Value, _: Value| {
            let key = key.to_string()?;
            if self.has(&key) {
                return Ok(());
            }
            Err(Error::runtime(format!("{what} {}", self.unknown(&key))))
        })
    }

    /// `; did you mean params?` for a misspelt key.
    pub fn meant(&self, key: &str) -> String {
        did_you_mean(key, self.fields.iter().map(|field| field.name))
    }

    /// What is said of a key that there is not, behind the name of the table.
    pub fn unknown(&self, key: &str) -> String {
        let meant = self.meant(key);
        format!(
            "has the unknown key '{key}'; there are: {}{meant}",
            self.keys()
        )
    }
}

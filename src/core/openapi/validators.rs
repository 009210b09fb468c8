//! The schemas of answers, each compiled once.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

use super::document::{Document, Operation};
use super::fault::Fault;
use super::{media_type, schemas};

/// The name of the document for its own schemas.
const NAME: &str = "urn:throng:openapi";

/// So many schemas are compiled before the run; of more each when an answer first needs it. Each is compiled with all that
/// it refers to, so all of a large document would take their number squared.
const COMPILED_AT_START: usize = 100;

/// The schemas of answers, each compiled once.
pub(super) struct Validators {
    registry: Registry<'static>,
    schemas: Vec<Schema>,
    /// By the pointer of the schema.
    by_pointer: HashMap<String, u32>,
}

struct Schema {
    pointer: String,
    /// None: it cannot be used.
    compiled: OnceLock<Option<Validator>>,
}

impl fmt::Debug for Validators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemas = self.schemas.len();
        f.debug_struct("Validators")
            .field("schemas", &schemas)
            .finish_non_exhaustive()
    }
}

impl Validators {
    /// Prepares the schemas of all answers in JSON; none where that cannot be. The second of what comes back are those that
    /// cannot be used.
    pub(super) fn new(document: &Document) -> (Option<Self>, Vec<Fault>) {
        let mut root = document.root.clone();
        schemas::as_answered(&mut root);
        let resource = Resource::from_contents(root);
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(NAME, resource);
        let registry = match registry.and_then(jsonschema::RegistryBuilder::prepare) {
            Ok(registry) => registry,
            Err(why) => {
                let words = format!("its schemas cannot be read, so no answer is checked: {why}");
                return (None, vec![Fault::new(words)]);
            }
        };
        let mut all = Self {
            registry,
            schemas: Vec::new(),
            by_pointer: HashMap::new(),
        };
        for pointer in document.operations.iter().flat_map(pointers) {
            if !all.by_pointer.contains_key(pointer) {
                // There are fewer than bytes of the document.
                let number = u32::try_from(all.schemas.len()).unwrap_or(u32::MAX);
                all.by_pointer.insert(pointer.to_owned(), number);
                all.schemas.push(Schema {
                    pointer: pointer.to_owned(),
                    compiled: OnceLock::new(),
                });
            }
        }
        let mut faults = Vec::new();
        if all.schemas.len() <= COMPILED_AT_START {
            for schema in &all.schemas {
                let compiled = all.compile(&schema.pointer).map_err(|why| {
                    let words = format!(
                        "the schema cannot be used, so no answer is checked with it: {why}"
                    );
                    faults.push(Fault::of(schema.pointer.clone(), words));
                });
                // Nobody else has it yet.
                let _ = schema.compiled.set(compiled.ok());
            }
        }
        (Some(all), faults)
    }

    fn compile(&self, pointer: &str) -> Result<Validator, String> {
        let fragment = percent_encoding::utf8_percent_encode(pointer, FRAGMENT);
        let schema = json!({"$ref": format!("{NAME}#{fragment}")});
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        let options = options.should_validate_formats(true);
        let built = options.with_registry(&self.registry).build(&schema);
        built.map_err(|why| why.to_string())
    }

    /// The number of the schema that a pointer leads to.
    pub(super) fn number(&self, pointer: &str) -> Option<u32> {
        self.by_pointer.get(pointer).copied()
    }

    /// What of a value does not follow the schema: the pointer to it, and why; none where the schema cannot be used.
    pub(super) fn judge(&self, number: u32, value: &Value) -> Option<Result<(), (String, String)>> {
        let schema = self.schemas.get(number as usize)?;
        let compiled = schema
            .compiled
            .get_or_init(|| self.compile(&schema.pointer).ok());
        let judged = compiled.as_ref()?.validate(value);
        Some(judged.map_err(|why| {
            let place = why.instance_path().as_str().to_owned();
            (place, why.to_string())
        }))
    }
}

/// What must be escaped of a pointer in the fragment of a URI (RFC 3986, 3.5).
const FRAGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'~')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

fn pointers(operation: &Operation) -> impl Iterator<Item = &str> {
    let contents = operation.responses.iter().flat_map(|one| &one.content);
    let contents = contents.filter(|one| media_type::is_json(&one.media_type));
    contents.filter_map(|one| one.schema.as_deref())
}

/// Whether a text follows a schema without references, as far as that says something of texts.
pub fn follows(schema: &serde_json::Map<String, Value>, text: &str) -> bool {
    let said = [
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "enum",
        "const",
    ];
    let said = said.iter().filter_map(|name| {
        let value = schema.get(*name)?.clone();
        Some(((*name).to_owned(), value))
    });
    let schema: serde_json::Map<String, Value> = said.collect();
    if schema.is_empty() {
        return true;
    }
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    let options = options.should_validate_formats(true);
    // What cannot be compiled says nothing.
    let built = options.build(&Value::Object(schema));
    built.is_ok_and(|validator| validator.is_valid(&Value::from(text)))
}

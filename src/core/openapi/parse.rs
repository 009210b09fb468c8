//! From the text of a document to its operations.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::document::{Document, Location, Operation, SecurityScheme};
use super::fault::{Fault, Faults};
use super::limits::{MAX_FAULTS, MAX_OPERATIONS};
use super::operations::Reader;
use super::{locate, pointer, references, schemas, servers, source};

/// The longest text in which the places of faults are looked for; in longer ones their JSON pointers must do.
const MAX_LOCATED_BYTES: usize = 8 << 20;

/// The methods of a path item.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

impl Document {
    /// Reads a document; the second of what comes back is what is not as the specification wants it and can be lived with.
    ///
    /// # Errors
    /// All that keeps it from being read, with places.
    pub fn read(text: &str) -> Result<(Self, Vec<Fault>), Faults> {
        let located = |fault| located(text, fault);
        read(text)
            .map(|(document, notes)| (document, notes.into_iter().map(located).collect()))
            .map_err(|Faults(all)| Faults(all.into_iter().map(located).collect()))
    }
}

fn located(text: &str, mut fault: Fault) -> Fault {
    if let (None, Some(pointer)) = (fault.position, &fault.pointer)
        && text.len() <= MAX_LOCATED_BYTES
    {
        fault.position = locate::locate(text, pointer);
    }
    fault
}

fn read(text: &str) -> Result<(Document, Vec<Fault>), Faults> {
    let mut root = source::value(text)?;
    let is_3_0 = version(&root)?;
    let dangling = references::check(&root);
    if !dangling.is_empty() {
        return Err(Faults(dangling));
    }
    if is_3_0 {
        schemas::modernise(&mut root);
    }
    let (operations, mut notes) = operations(&root)?;
    notes.truncate(MAX_FAULTS);
    let title = root.pointer("/info/title").and_then(Value::as_str);
    let document = Document {
        title: title.unwrap_or("untitled").to_owned(),
        operations,
        base_paths: servers::base_paths(&root),
        security: security(&root),
        root,
    };
    Ok((document, notes))
}

/// Whether it is 3.0, whose schemas are others than those of 3.1.
fn version(root: &Value) -> Result<bool, Fault> {
    let Value::Object(fields) = root else {
        return Err(Fault::at(
            1,
            1,
            "is no OpenAPI document: it is not an object",
        ));
    };
    if let Some(version) = fields.get("swagger") {
        let version = version
            .as_str()
            .map_or_else(|| version.to_string(), str::to_owned);
        return Err(Fault::of(
            "/swagger",
            format!(
                "is Swagger {version}, and OpenAPI 3.0 or 3.1 is read; convert it, such as with \
                 `npx swagger2openapi FILE`"
            ),
        ));
    }
    let said = match fields.get("openapi") {
        Some(Value::String(version)) => version.clone(),
        Some(other) => other.to_string(),
        None => {
            let kind = match () {
                () if fields.contains_key("asyncapi") => ": it is AsyncAPI",
                () if fields.contains_key("log") => ": it looks like a HAR file",
                () if fields.contains_key("info") && fields.contains_key("item") => {
                    ": it looks like a Postman collection"
                }
                () => "",
            };
            return Err(Fault::new(format!(
                "is no OpenAPI document{kind}; it has no field `openapi` with a version such as 3.1.0"
            )));
        }
    };
    match said.split('.').collect::<Vec<_>>()[..] {
        ["3", "0", ..] => Ok(true),
        ["3", "1", ..] => Ok(false),
        _ => Err(Fault::of(
            "/openapi",
            format!("is OpenAPI {said}, and 3.0 and 3.1 are read"),
        )),
    }
}

fn operations(root: &Value) -> Result<(Vec<Operation>, Vec<Fault>), Faults> {
    let (mut operations, mut notes) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(root);
    let paths = match root.get("paths") {
        Some(Value::Object(paths)) => paths,
        // A document of 3.1 may have webhooks or components only.
        None => return Ok((operations, notes)),
        Some(_) => return Err(Fault::of("/paths", "is not an object").into()),
    };
    let mut ids = HashMap::new();
    for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
        let at = pointer::join("/paths", path);
        if !path.starts_with('/') {
            let words = format!("the path {path:?} does not begin with /");
            reader.faults.push(Fault::of(at, words));
            continue;
        }
        let at = references::canonical(root, at);
        let item = references::resolve(root, item);
        for method in METHODS {
            let Some(value) = item.get(method) else {
                continue;
            };
            if operations.len() == MAX_OPERATIONS {
                let words = format!("has more than {MAX_OPERATIONS} operations");
                return Err(Fault::of("/paths", words).into());
            }
            let at = pointer::join(&at, method);
            let operation = reader.operation((method, path), item, (value, &at));
            if let Some(id) = &operation.id
                && let Some(first) = ids.insert(id.clone(), operations.len())
            {
                let first: &Operation = &operations[first];
                notes.push(Fault::of(
                    at,
                    format!("the operationId {id:?} is that of {first} too"),
                ));
            }
            operations.push(operation);
        }
    }
    match reader.faults.is_empty() {
        true => Ok((operations, notes)),
        false => {
            reader.faults.truncate(MAX_FAULTS);
            Err(Faults(reader.faults))
        }
    }
}

fn security(root: &Value) -> BTreeMap<String, SecurityScheme> {
    let schemes = root.pointer("/components/securitySchemes");
    let schemes = schemes.and_then(Value::as_object).into_iter().flatten();
    let schemes = schemes.filter_map(|(name, value)| {
        let scheme = scheme(references::resolve(root, value))?;
        Some((name.clone(), scheme))
    });
    schemes.collect()
}

fn scheme(value: &Value) -> Option<SecurityScheme> {
    let text = |name| value.get(name).and_then(Value::as_str);
    Some(match text("type")? {
        "http" => SecurityScheme::Http(text("scheme")?.to_ascii_lowercase()),
        "apiKey" => SecurityScheme::ApiKey {
            name: text("name")?.to_owned(),
            location: match text("in")? {
                "query" => Location::Query,
                "cookie" => Location::Cookie,
                _ => Location::Header,
            },
        },
        "oauth2" => {
            let flow = |name: &str| {
                let url = value.get("flows")?.get(name)?.get("tokenUrl")?;
                url.as_str().map(str::to_owned)
            };
            SecurityScheme::OAuth2 {
                client_credentials: flow("clientCredentials"),
                password: flow("password"),
            }
        }
        "openIdConnect" => SecurityScheme::OpenId,
        "mutualTLS" => SecurityScheme::MutualTls,
        _ => return None,
    })
}

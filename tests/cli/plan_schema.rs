//! `docs/throng.schema.json`: made of the options of a run, so that an editor knows every key of a plan file. A test
//! compares, and writes the file anew where `THRONG_WRITE_DOCS` is set.

use std::path::PathBuf;

use clap::CommandFactory;
use serde_json::{Map, Value, json};
use throng::cli;
use throng::cli::options::CommandLine;
use throng::plan::file::Kind;

fn docs(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name)
}

/// A value of an option that may be text or a number.
fn scalar() -> Value {
    json!({ "type": ["string", "number"] })
}

fn several() -> Value {
    json!({ "anyOf": [
        { "type": ["string", "number"] },
        { "type": "array", "items": { "type": ["string", "number"] } },
    ] })
}

fn weight() -> Value {
    json!({ "type": "number", "minimum": 0, "description": "Share of the users, instead of that of the script; 0: no users." })
}

/// The same with what it means.
fn described(mut value: Value, description: &str) -> Value {
    value["description"] = json!(description);
    value
}

/// Tables of these keys, all of which each of them needs, with what each key means.
fn rows(keys: &[(&str, &str)]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|(key, meaning)| ((*key).to_owned(), described(scalar(), meaning)))
        .collect();
    let required: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    json!({ "type": "array", "items": {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    } })
}

const OVER: &str = "How long the stage takes: seconds, or a text such as 2m.";
const STAGE: [(&str, &str); 2] = [
    ("over", OVER),
    ("users", "Users at its end, in a straight line."),
];
const SPIKE: [(&str, &str); 3] = [
    ("at", "Age of the run at which it begins."),
    ("for", "How long it lasts."),
    (
        "level",
        "The level meanwhile, in per cent with its sign: 300%.",
    ),
];
const ARRIVAL_STAGE: [(&str, &str); 2] = [
    ("over", OVER),
    ("rate", "Arrivals a second at its end, in a straight line."),
];

/// An incident: the live settings, and when they hold.
fn incidents() -> Value {
    json!({ "type": "array", "description": "What holds for a while.", "items": {
        "type": "object",
        "properties": {
            "name": { "type": "string", "minLength": 1, "description": "A name that no other incident has." },
            "at": { "type": ["string", "number"], "description": "Age of the run at which it begins." },
            "daily": { "type": "string", "description": "Time of day at which it begins: 14:00 or 14:00:30." },
            "random": {
                "type": "object",
                "description": "Begins at random, on average so often.",
                "properties": {
                    "every": described(scalar(), "How long it takes on average from start to start."),
                    "for": described(scalar(), "How long it lasts."),
                },
                "required": ["every"],
                "additionalProperties": false,
            },
            "for": { "type": ["string", "number"], "description": "How long it lasts, from 1 s." },
            "users": { "type": ["integer", "string"], "description": "A number, or per cent of the users beneath: 300%." },
            "error_rate": { "type": ["number", "string"], "description": "--error-rate meanwhile." },
            "think_factor": { "type": ["number", "string"], "description": "--think-factor meanwhile." },
            "canary": { "type": ["number", "string"], "description": "Share of a canary meanwhile, in per cent." },
            "weights": {
                "type": "object",
                "description": "Weights meanwhile, by the name of the type.",
                "additionalProperties": weight(),
            },
            "step": { "type": "string", "description": "The step that every user whose type has it takes at each turn." },
        },
        "required": ["name"],
        "additionalProperties": false,
    } })
}

fn option(key: &str, kind: Kind) -> Value {
    match (key, kind) {
        ("stage", _) => json!({ "anyOf": [several(), rows(&STAGE)] }),
        ("spike", _) => {
            let mut rows = rows(&SPIKE);
            // A number alone may mean a factor or per cent.
            rows["items"]["properties"]["level"]["type"] = json!("string");
            json!({ "anyOf": [several(), rows] })
        }
        ("arrivals", _) => json!({ "anyOf": [scalar(), {
            "type": "object",
            "properties": {
                "rate": described(scalar(), "Arrivals a second, or a text such as 300/m."),
                "stages": described(rows(&ARRIVAL_STAGE), "Arrivals over time."),
                "even": { "type": "boolean", "description": "As --arrivals-even." },
                "max_users": described(scalar(), "As --max-users."),
            },
            "additionalProperties": false,
        }] }),
        ("curve", _) => json!({ "anyOf": [{ "type": "string" }, {
            "type": "object",
            "properties": {
                "shape": { "type": "string", "description": "day, office, shop, a file, or none." },
                "timezone": { "type": "string", "description": "As --timezone; not with day_length." },
                "day_length": described(scalar(), "As --day-length."),
                "noise": described(scalar(), "As --noise: 10% or 0.1."),
            },
            "required": ["shape"],
            "additionalProperties": false,
        }] }),
        ("users", _) => json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 }),
        ("error_rate", _) => {
            json!({ "type": ["number", "string"], "minimum": 0, "maximum": 100 })
        }
        ("think_factor", _) => json!({ "type": ["number", "string"], "minimum": 0 }),
        (_, Kind::Flag) => json!({ "type": "boolean" }),
        (_, Kind::One) => scalar(),
        (_, Kind::List | Kind::Many) => several(),
        (_, Kind::Pairs) => json!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
            { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } },
        ] }),
    }
}

fn schema() -> Value {
    let command = CommandLine::command();
    let run = command.find_subcommand("run").unwrap();
    let mut properties = Map::new();
    for key in cli::plan_keys().options {
        let arg = run
            .get_arguments()
            .find(|arg| arg.get_id().as_str() == key.id)
            .unwrap();
        let mut value = option(&key.name, key.kind);
        let help = arg.get_help().unwrap().to_string();
        value["description"] = json!(format!("--{}: {help}", arg.get_long().unwrap()));
        if key.id != key.name {
            properties.insert(key.id, value.clone());
        }
        properties.insert(key.name, value);
    }
    let range = |one: Value| {
        json!({ "anyOf": [
            one.clone(),
            { "type": "array", "items": one, "minItems": 2, "maxItems": 2 },
        ] })
    };
    let mut requests = range(json!({ "type": "integer", "minimum": 1 }));
    requests["description"] = json!("Requests of a session: a number, or a range.");
    let mut think = range(json!({ "type": ["number", "string"], "minimum": 0 }));
    think["description"] = json!("Time between two steps: seconds, a text such as 2m, or a range.");
    let mut away = range(json!({ "type": ["number", "string"], "minimum": 0 }));
    away["description"] =
        json!("Time between two sessions: seconds, a text such as 2h, or a range.");
    let returns = json!({
        "type": ["number", "string"], "minimum": 0, "maximum": 1,
        "description": "Share of the sessions that begin as a person who was there before.",
    });
    let keep_cookies = json!({
        "type": "boolean",
        "description": "Whether people who come back have their cookies.",
    });
    let pace = json!({
        "type": ["number", "string"], "exclusiveMinimum": 0,
        "description": "Time from the start of one step to that of the next: seconds, or a text; not with think.",
    });
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let mut stages = json!({ "anyOf": [text, texts, rows(&STAGE)] });
    stages["description"] = json!("Users of the type over time, as --stage; not with weight.");
    let curve = json!({
        "type": "string",
        "description": "The curve of the type in place of the run's: a name, a file, or none.",
    });
    properties.insert(
        "types".to_owned(),
        json!({
            "type": "object",
            "description": "What replaces values of the scripts, by the name of the type.",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "weight": weight(), "requests": requests, "think": think, "pace": pace,
                    "away": away, "returns": returns, "keep_cookies": keep_cookies,
                    "stages": stages, "curve": curve,
                },
                "additionalProperties": false,
            },
        }),
    );
    properties.insert(
        "weights".to_owned(),
        json!({
            "type": "object",
            "description": "Weights by the name of the type, as in [types.NAME].",
            "additionalProperties": weight(),
        }),
    );
    properties.insert("incident".to_owned(), incidents());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan file of throng",
        "description": concat!(
            "throng.toml in a script folder, or the file of --plan: every option of `throng run` under ",
            "its long name. Paths are relative to the file.",
        ),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

#[test]
fn the_document_is_that_of_the_options() {
    let made = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    let file = docs("throng.schema.json");
    if std::env::var_os("THRONG_WRITE_DOCS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        made == written,
        "docs/throng.schema.json is stale; write it anew with THRONG_WRITE_DOCS=1 cargo test --test all plan_schema"
    );
}

/// The keys of a schema that say nothing of what they mean.
fn without_description(schema: &Value, path: &str, found: &mut Vec<String>) {
    match schema {
        Value::Object(of) => {
            for (key, value) in of {
                let path = format!("{path}/{key}");
                let is_key = path.ends_with(&format!("/properties/{key}"));
                if is_key && value.get("description").is_none() {
                    found.push(path.clone());
                }
                without_description(value, &path, found);
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| without_description(value, path, found)),
        _ => {}
    }
}

#[test]
fn every_key_says_what_it_means() {
    let mut found = Vec::new();
    without_description(&schema(), "", &mut found);
    assert_eq!(found, [] as [&str; 0]);
}

/// The TOML blocks of a document.
fn blocks(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(docs(page)).unwrap();
    let blocks = text.split("```toml\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn what_documents_show_fits_the_schema_and_what_is_wrong_does_not() {
    let schema = schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let fits = |text: &str| {
        let value: Value = toml::from_str(text).unwrap();
        validator.is_valid(&value)
    };
    let shown = [blocks("plan-file.md"), blocks("hot-reload.md")].concat();
    assert!(shown.len() >= 2);
    for text in &shown {
        assert!(fits(text), "{text}");
        let (_, faults) = throng::plan::file::read("f", text.as_bytes(), &cli::plan_keys());
        assert!(faults.is_empty(), "{faults:?}");
    }
    for text in [
        "user = 3",
        "users = 0",
        "users = 1.5",
        "cleanup = 'yes'",
        "token = 'abcdefgh'",
        "[types.new]\nwight = 3",
        "[types.new]\nrequests = [1, 2, 3]",
        "[types.new]\nstages = 3",
        "[types.new]\ncurve = 3",
        "[weights]\nnew = -1",
        "[[stage]]\nover = '2m'",
        "[curve]\nzone = 'UTC'",
        "[[incident]]\nname = 'x'\nfor = 5\neror_rate = 3",
    ] {
        assert!(!fits(text), "{text}");
        let (_, faults) = throng::plan::file::read("f", text.as_bytes(), &cli::plan_keys());
        assert!(!faults.is_empty(), "{text}");
    }
}

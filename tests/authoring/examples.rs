//! Every example of the reference runs, passes the checks, and shows the results that it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use throng::script::api::test_api::{TEST_OBJECTS, TEST_OPTIONS};
use throng::script::{CallEnd, lint, reference};
use tokio::task::LocalSet;

use super::example_target;
use crate::support::program::throng;
use crate::support::scripts::{Folder, script_config_at};
use crate::support::shard::Stage;

/// What stands between a line and its results.
const ARROW: &str = " --> ";

/// Where the results are one example of many: the seed of the tests gives these.
const SUCH_AS: &str = "such as ";

/// Compares what a line gave with what stands behind its arrow.
const SHOWN: &str = r#"
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end
local function written(value)
  if type(value) == "string" then return ("%q"):format(value) end
  return type(value) == "table" and json.encode(value) or tostring(value)
end
local function shown(line, wanted, got)
  local words, is_same = {}, true
  for place = 1, math.max(wanted.n, got.n) do
    words[place] = written(got[place])
    is_same = is_same and same(wanted[place], got[place])
  end
  if not is_same then error(line .. " gave " .. table.concat(words, ", "), 0) end
  say(line)
end
"#;

/// An example, and the name of what it shows.
struct Example {
    name: String,
    text: &'static str,
}

/// Those of scripts, and those of tests and mocks.
fn all_examples() -> (Vec<Example>, Vec<Example>) {
    let is_object = |kind| TEST_OBJECTS.iter().any(|object| object.kind == kind);
    let is_table = |kind| TEST_OPTIONS.iter().any(|table| table.kind == kind);
    let functions = reference::functions().map(|function| {
        let is_of_tests = reference::is_of_tests(function);
        (function.path(), function.example, is_of_tests)
    });
    let objects = reference::objects().map(|object| {
        (
            object.kind.to_owned(),
            object.example,
            is_object(object.kind),
        )
    });
    let options = reference::options()
        .map(|table| (table.kind.to_owned(), table.example, is_table(table.kind)));
    let all = functions.chain(objects).chain(options);
    let (mut of_scripts, mut of_tests) = (Vec::new(), Vec::new());
    for (name, text, is_of_tests) in all.filter(|(_, text, _)| !text.is_empty()) {
        let kind = if is_of_tests {
            &mut of_tests
        } else {
            &mut of_scripts
        };
        kind.push(Example { name, text });
    }
    (of_scripts, of_tests)
}

fn examples() -> Vec<Example> {
    all_examples().0
}

impl Example {
    /// Whether it is a file of its own, or else what a step does.
    fn is_file(&self) -> bool {
        self.text.starts_with("return {") || self.text.contains("\nreturn {")
    }

    fn within(&self, before: &str, text: &str) -> String {
        match self.is_file() {
            true => format!("{before}{text}"),
            false => format!("{before}return {{ step = function(user)\n{text}\nreturn user end }}"),
        }
    }

    /// The scripts of a user that runs it.
    fn folder(&self, script: &str) -> Folder {
        let user = "return { step = function() http.get '/' end }";
        let folder = match self.name.as_str() {
            "CrowdScript" => Folder::one(user).with("_crowd", script),
            "Mistakes" => Folder::one(user).lib("mistakes.lua", script),
            _ => Folder::one(script),
        };
        folder
            .script(
                "people.csv",
                "email,password\nada@example.com,x\nbob@example.com,y\n",
            )
            .script("shops.csv", "city;name\nLisboa;Central\n")
            .script("products.json", r#"[{ "id": 7 }, { "id": 8 }]"#)
            .script(
                "searches.jsonl",
                "{\"q\": \"emma\"}\n{\"q\": \"ulysses\"}\n",
            )
            .script(
                "user.graphql",
                "query ($id: Int) { user(id: $id) { name } }",
            )
    }

    /// It as it stands there.
    fn plain(&self) -> String {
        self.within("", self.text)
    }

    /// It with a comparison in each line with an arrow, and the names of these lines.
    fn compared(&self) -> (String, BTreeSet<String>) {
        let mut names = BTreeSet::new();
        let mut text = String::new();
        for (place, line) in self.text.lines().enumerate() {
            let Some((code, wanted)) = line.split_once(ARROW) else {
                text.push_str(line);
                text.push('\n');
                continue;
            };
            let name = format!("line {}", place + 1);
            let wanted = wanted.strip_prefix(SUCH_AS).unwrap_or(wanted);
            let (statement, results) = results_of(code);
            text.push_str(&format!(
                "{statement} shown({name:?}, table.pack({wanted}), table.pack({results}))\n"
            ));
            names.insert(name);
        }
        (self.within(SHOWN, &text), names)
    }
}

/// A line as what is done in it, and the expressions whose values it shows: those that `print` is given, the variables
/// that are assigned, or a call.
fn results_of(code: &str) -> (&str, &str) {
    let line = code.trim();
    if let Some(printed) = line.strip_prefix("print(") {
        return ("", printed.strip_suffix(')').unwrap());
    }
    match line.split_once(" = ") {
        Some((names, _)) if !names.contains(['(', '{', '"']) => {
            (line, names.strip_prefix("local ").unwrap_or(names))
        }
        _ => ("", line),
    }
}

#[test]
fn every_example_is_run_by_a_user_and_shows_its_results() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut faults = Vec::new();
    let mut compared = 0;
    for example in examples() {
        let local = LocalSet::new();
        let run = std::panic::AssertUnwindSafe(|| local.block_on(&runtime, run(&example)));
        match std::panic::catch_unwind(run) {
            Ok(Ok(lines)) => compared += lines,
            Ok(Err(fault)) => faults.push(format!("{}: {fault}", example.name)),
            Err(_) => faults.push(format!("{}: it panicked", example.name)),
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(compared >= 80, "only {compared} lines were compared");
}

/// Runs one; how many lines showed what they say.
async fn run(example: &Example) -> Result<usize, String> {
    let target = example_target::start().await;
    let (script, lines) = example.compared();
    let folder = example.folder(&script);
    let mut config = script_config_at(1_000.0);
    config.run_id = "k7f2a9c1".to_owned();
    let settings = throng::http::Settings::default();
    let stage = Stage::with(&folder, target.address, config, &settings);
    let user = stage.one();
    for end in [user.start().await, user.step(0).await, user.stop().await] {
        if !matches!(end, CallEnd::Done) {
            return Err(format!("{end:?}"));
        }
    }
    let said = stage.said().into_iter();
    let said: BTreeSet<String> = said.map(|line| line.as_str().unwrap().to_owned()).collect();
    if said != lines {
        return Err(format!("only these lines showed their results: {said:?}"));
    }
    let counted = stage.counted();
    if let Some((check, _)) = counted
        .totals
        .checks
        .iter()
        .find(|(_, check)| check.failed > 0)
    {
        return Err(format!("the check \"{check}\" failed"));
    }
    // Two show what becomes of failures.
    let is_meant = matches!(example.name.as_str(), "res:fail" | "Retry");
    if !counted.failures.is_empty() && !is_meant {
        return Err(format!("failed: {:?}", counted.failures));
    }
    let sends = example.text.replace("http.cookies", "").contains("http.");
    if target.asked().is_empty() && sends && example.name != "random.mistake" {
        return Err("it sent nothing".to_owned());
    }
    Ok(lines.len())
}

#[test]
fn what_an_example_shows_is_compared() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outcome = |text: &'static str| {
        let name = "t".to_owned();
        LocalSet::new().block_on(&runtime, run(&Example { name, text }))
    };
    assert_eq!(outcome("print(1, nil, { 2 }) --> 1, nil, { 2 }"), Ok(1));
    assert_eq!(outcome("local a, b = 1, \"x\" --> 1, \"x\""), Ok(1));
    assert_eq!(outcome("tostring(7) --> \"7\""), Ok(1));
    for wrong in [
        "print(1) --> 2",
        "print(1) --> 1.0",
        "print({ 1, 2 }) --> { 1 }",
        "tostring(7) --> \"8\"",
        "if user == nil then\nprint(1) --> 1\nend",
        "metrics.check(\"no\", false)",
        "http.get \"/private\"",
    ] {
        assert!(outcome(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_example_passes_the_check() {
    for example in examples() {
        let folder = example.folder(&example.plain());
        let bundle = folder.read().unwrap();
        let findings = lint::own(&bundle).findings;
        let others: Vec<String> = findings
            .iter()
            // One that shows JSON alone sends nothing.
            .filter(|finding| finding.rule != lint::Rule::SendsNothing)
            .map(ToString::to_string)
            .collect();
        assert!(
            others.is_empty(),
            "{}:\n{}\n{}",
            example.name,
            others.join("\n"),
            example.text
        );
        let checked = folder.check();
        assert!(checked.is_ok(), "{}: {:?}", example.name, checked.err());
    }
}

/// The type of user that the examples of tests are about.
const VISITOR: &str = r#"
return {
  requests = 3,
  think = 30,
  on_start = function(user) user.state.looked = 0 end,
  steps = {
    { 1, function(user)
      local res = http.get("/products/{id}", { params = { id = vars.PRODUCT or 7 } })
      metrics.check("is there", res.ok)
      if not res.ok then log.warn("no product") end
      user.state.looked = user.state.looked + 1
    end, name = "look" },
    { 1, function() http.get("/search", { query = { q = "emma" } }) end, name = "search" },
    { 0.001, function() http.get "/health" end, name = "health" },
  },
}
"#;

#[test]
fn every_example_of_tests_passes_as_a_test_and_passes_the_check() {
    let (_, examples) = all_examples();
    assert!(examples.len() >= 35, "only {} examples", examples.len());
    let mut folder = Folder::of("visitor", VISITOR);
    for example in &examples {
        // A file of its own, or else what a test does.
        let is_file = example.text.contains("it(\"");
        let text = match is_file {
            true => example.text.to_owned(),
            false => format!("it(\"example\", function()\n{}end)\n", example.text),
        };
        let name = example.name.replace(':', ".");
        folder = folder.file(&format!("scripts/{name}_test.lua"), text);
    }
    let program = |command: &str| throng([command, "--script-dir"]).arg(folder.path());
    let ended = program("test").end();
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let words = format!("{} passed, 1 pending in {0} files", examples.len());
    assert!(
        ended.stdout.ends_with(&format!("{words}\n")),
        "{}",
        ended.stdout
    );
    let ended = program("check").arg("--deny-warnings").end();
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    let words = format!("no fault in {} files", examples.len() + 1);
    assert!(ended.stdout.contains(&words), "{}", ended.stdout);
}

#[test]
fn every_file_of_an_example_is_one() {
    let (of_scripts, of_tests) = all_examples();
    let all = of_scripts.iter().chain(&of_tests);
    let used: Vec<&str> = all.map(|example| example.text).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core/script/api/examples");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "lua") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            used.contains(&text.as_str()),
            "{} is no example",
            path.display()
        );
    }
}

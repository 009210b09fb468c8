//! One script that misbehaves, and what must come of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use throng::script::{CallEnd, Vm};

use crate::script::support::{Folder, Stage, Target};
use crate::support::on_one_thread;

/// The groups of the table, in the order of the document.
pub const GROUPS: [&str; 5] = ["endless", "deep", "memory", "doors", "loading"];

/// What `{time}` stands for in the tables.
const TIME: &str =
    "computed for more than 50 ms without waiting; use less, or wait in between with think()";

/// No step of the table may take longer, in a debug build on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a VM may still hold after its user has left: far below what the scripts of the table make.
const HELD: usize = 16 << 20;

/// A file of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub title: String,
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// A row of the table.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    /// What the script does, in a few words of Markdown.
    pub does: String,
    /// The body of a step; it begins in line 3 of its file.
    step: Option<String>,
    /// A whole file, for what happens while it loads.
    file: Option<String>,
    /// A piece that stands so many times behind the file.
    repeat: Option<Repeat>,
    /// Modules beside it.
    #[serde(default)]
    lib: BTreeMap<String, String>,
    /// So many modules of which each requires the next.
    lib_chain: Option<u32>,
    /// How the step or the loading ends: the line and the message, `{time}` for that of the clock, `{1000 x}` for as many; what follows `…` is not looked at; several lines for
    /// several faults.
    ends: Option<String>,
    /// What a step that does no harm gives to `say`, as JSON.
    says: Option<String>,
}

#[derive(Deserialize, Clone)]
struct Repeat {
    piece: String,
    times: usize,
}

/// The group with this name.
pub fn group(name: &str) -> Group {
    let path = folder().join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    toml::from_str(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/robustness/scripts")
}

/// Runs a case of a group and asserts what its row says.
pub fn run(group_name: &str, case_name: &str) {
    let cases = group(group_name).cases;
    let case = cases.into_iter().find(|case| case.name == case_name);
    let case = case.unwrap_or_else(|| panic!("{group_name}.toml has no case {case_name}"));
    match (&case.step, &case.file) {
        (Some(_), None) => on_one_thread(case.act()),
        (None, Some(_)) => case.load(),
        _ => panic!("{case_name}: takes either a step or a file"),
    }
}

impl Case {
    /// What comes of it, as the document says it and the test asserts it.
    pub fn result(&self) -> String {
        match (&self.ends, &self.says) {
            (Some(ends), _) => ends
                .lines()
                .map(|line| {
                    let line = line.replace("{time}", TIME);
                    let line = line.replace("{1000 x}", &"x".repeat(1000));
                    let line = line.replace("{999 x}", &"x".repeat(999));
                    if line.starts_with(|first: char| first.is_ascii_digit()) {
                        format!("scripts/one.lua:{line}")
                    } else {
                        line
                    }
                })
                .collect::<Vec<_>>()
                .join("\n"),
            (None, says) => format!("goes on: {}", says.as_deref().unwrap_or("nothing")),
        }
    }

    /// Whether the step ends by it.
    pub fn harms(&self) -> bool {
        self.ends.is_some()
    }

    /// Whether it refuses a version, and no step.
    pub fn is_loading(&self) -> bool {
        self.file.is_some()
    }

    fn folder(&self) -> Folder {
        let text = match (&self.step, &self.file) {
            (Some(body), _) => format!(
                "return {{ step = function(user)\nif user.id > 0 then return http.get('/fine') end\n{body}\nend }}"
            ),
            (_, file) => {
                let repeated = self.repeat.as_ref();
                let repeated = repeated.map(|repeat| repeat.piece.repeat(repeat.times));
                file.clone().unwrap_or_default() + &repeated.unwrap_or_default()
            }
        };
        let mut folder = Folder::one(&text);
        for (name, text) in &self.lib {
            folder = folder.lib(name, text);
        }
        for number in 1..=self.lib_chain.unwrap_or(0) {
            let text = format!("return require('m{}')", number + 1);
            folder = folder.lib(&format!("m{number}.lua"), text);
        }
        folder
    }

    /// A user does the step, and another one of the same VM its own.
    async fn act(self) {
        let target = Target::echo().await;
        let stage = Stage::with_short_rests(&self.folder(), target.address);
        let vm = stage.vm("one");
        let (bad, good) = (stage.user(&vm, 0), stage.user(&vm, 1));
        let began = Instant::now();
        let end = bad.step(0).await;
        let took = began.elapsed();
        let seen = match &end {
            CallEnd::Failed(fault) => fault.to_string(),
            CallEnd::Done => match stage.said().as_slice() {
                [one] => format!("goes on: {one}"),
                other => format!("goes on: {other:?}"),
            },
            other => format!("{other:?}"),
        };
        let name = &self.name;
        assert_eq!(seen, self.result(), "{name}");
        assert!(took < PATIENCE, "{name} took {took:?}");
        let after = good.step(0).await;
        assert!(matches!(after, CallEnd::Done), "{name}: {after:?}");
        assert!(target.asked().contains(&"GET /fine".to_owned()));
        bad.end(throng::script::Unfinished::Error);
        comes_back(&vm, name);
    }

    /// The version is refused.
    fn load(self) {
        let began = Instant::now();
        let seen = match self.folder().check() {
            Ok(_) => "goes on: nothing".to_owned(),
            Err(faults) => {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                lines.join("\n")
            }
        };
        let took = began.elapsed();
        let should = self.result();
        match should.strip_suffix('…') {
            Some(begin) => assert!(seen.starts_with(begin), "{}: {seen}", self.name),
            None => assert_eq!(seen, should, "{}", self.name),
        }
        assert!(took < PATIENCE, "{} took {took:?}", self.name);
    }
}

/// Nothing of what a script made is held once its user is gone.
fn comes_back(vm: &Rc<Vm>, name: &str) {
    vm.lua.gc_collect().unwrap();
    let held = vm.memory();
    assert!(held < HELD, "{name}: {held} bytes are still held");
}

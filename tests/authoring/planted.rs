//! Faults that are planted in copies of the stock scripts are found, each at its place; the stock scripts have none.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use throng::plan::file::Baseline;
use throng::script::lint::{Finding, Linted, Rule};
use throng::script::{self, Bundle, Place};

use crate::support::scripts::{Folder, script_config};

/// A fault: a text of a stock file is replaced by another one.
struct Planted {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// What is at the place that the finding names: the first such text from the replaced one on, or in the file.
    at: &'static str,
    rule: Rule,
    says: &'static str,
}

const fn plant(
    file: &'static str,
    (from, to): (&'static str, &'static str),
    at: &'static str,
    rule: Rule,
    says: &'static str,
) -> Planted {
    Planted {
        file,
        from,
        to,
        at,
        rule,
        says,
    }
}

const ACTIVE: &str = "scripts/active.lua";
const ADMIN: &str = "scripts/admin.lua";
const NEW: &str = "scripts/new.lua";
const POWER: &str = "scripts/power.lua";
const ACCOUNTS: &str = "lib/accounts.lua";
const PEOPLE: &str = "lib/people.lua";

const THINK: &str = "think(0.2, 1)";

const PLANTED: [Planted; 34] = [
    plant(
        ACTIVE,
        ("random.chance(0.5)", "radnom.chance(0.5)"),
        "radnom",
        Rule::UndefinedGlobal,
        "did you mean random?",
    ),
    plant(
        ACTIVE,
        (THINK, "thnik(0.2, 1)"),
        "thnik",
        Rule::UndefinedGlobal,
        "did you mean think?",
    ),
    plant(
        ACTIVE,
        ("{ 4, refresh }", "{ 4, refersh }"),
        "refersh",
        Rule::UndefinedGlobal,
        "did you mean refresh?",
    ),
    plant(
        ACTIVE,
        (THINK, "log.info(os.time())"),
        "os",
        Rule::UndefinedGlobal,
        "for times use time.now()",
    ),
    plant(
        POWER,
        ("local MACHINES <const> = 3", "MACHINES = 3"),
        "MACHINES",
        Rule::AssignedGlobal,
        "write 'local MACHINES'",
    ),
    plant(
        NEW,
        ("local function who_am_i", "function who_am_i"),
        "who_am_i",
        Rule::AssignedGlobal,
        "write 'local who_am_i'",
    ),
    plant(
        ACTIVE,
        ("random.chance(0.5)", "random.chanse(0.5)"),
        "chanse",
        Rule::UnknownName,
        "did you mean chance?",
    ),
    plant(
        ACCOUNTS,
        ("local res = auth.logout()", "local res = auth.log_out()"),
        "log_out",
        Rule::UnknownName,
        "did you mean logout?",
    ),
    plant(
        POWER,
        ("hits:observe(found)", "hits:observ(found)"),
        "observ",
        Rule::UnknownName,
        "did you mean observe?",
    ),
    plant(
        ADMIN,
        ("table.insert(", "table.isnert("),
        "isnert",
        Rule::UnknownName,
        "did you mean insert?",
    ),
    plant(
        POWER,
        (
            "then return end\n  local headers",
            "then http.cookies.gett('a') end\n  local headers",
        ),
        "gett",
        Rule::UnknownName,
        "did you mean get?",
    ),
    plant(
        ACCOUNTS,
        (
            "params = params, json = weak",
            "parms = params, json = weak",
        ),
        "parms",
        Rule::UnknownOption,
        "did you mean params?",
    ),
    plant(
        ACCOUNTS,
        ("expect = 422", "expct = 422"),
        "expct",
        Rule::UnknownOption,
        "did you mean expect?",
    ),
    plant(
        ACCOUNTS,
        (
            "{ expect = 401 })\n    think",
            "{ expects = 401 })\n    think",
        ),
        "expects",
        Rule::UnknownOption,
        "did you mean expect?",
    ),
    plant(
        ACCOUNTS,
        (
            "refresh = \"/refresh_token\"",
            "refresch = \"/refresh_token\"",
        ),
        "refresch",
        Rule::UnknownOption,
        "did you mean refresh?",
    ),
    plant(
        POWER,
        ("{ help =", "{ hlep ="),
        "hlep",
        Rule::UnknownOption,
        "did you mean help?",
    ),
    plant(
        NEW,
        ("requests = {", "request = {"),
        "request",
        Rule::UnknownOption,
        "did you mean requests?",
    ),
    plant(
        POWER,
        ("export, heavy = true", "export, heavi = true"),
        "heavi",
        Rule::UnknownOption,
        "did you mean heavy?",
    ),
    plant(
        ACTIVE,
        (THINK, "print(require \"poeple\")"),
        "\"poeple\"",
        Rule::UnknownModule,
        "did you mean people?",
    ),
    plant(
        POWER,
        (
            "then return end\n  local headers",
            "then http.get = nil end\n  local headers",
        ),
        "get",
        Rule::ReadOnly,
        "http is read-only",
    ),
    plant(
        ACCOUNTS,
        ("http.delete(", "http:delete("),
        "delete",
        Rule::WrongCall,
        "write http.delete(...)",
    ),
    plant(
        ACCOUNTS,
        ("not auth.refresh()", "not auth:refresh()"),
        "refresh",
        Rule::WrongCall,
        "write auth.refresh(...)",
    ),
    plant(
        ACTIVE,
        (THINK, "log.info(http.get('/').json())"),
        "json",
        Rule::WrongCall,
        "with a colon: res:json(...)",
    ),
    plant(
        ACCOUNTS,
        ("res and res.ok", "res and res.okay"),
        "okay",
        Rule::UnknownField,
        "did you mean ok?",
    ),
    plant(
        ACTIVE,
        ("who_am_i(user.state", "who_am_i(user.sate"),
        "sate",
        Rule::UnknownField,
        "did you mean state?",
    ),
    plant(
        PEOPLE,
        ("random.int(1, 5)", "random.int(\"one\", 5)"),
        "\"one\"",
        Rule::WrongType,
        "lo is a string, integer was expected",
    ),
    plant(
        ACCOUNTS,
        ("give_up_after = 0", "give_up_after = \"soon\""),
        "\"soon\"",
        Rule::WrongType,
        "give_up_after is a string, number was expected",
    ),
    plant(
        ACCOUNTS,
        ("random.string(12)", "random.string()"),
        "string",
        Rule::WrongArguments,
        "random.string needs n",
    ),
    plant(
        PEOPLE,
        ("random.phone()", "random.phone(\"pt_BR\")"),
        "\"pt_BR\"",
        Rule::WrongArguments,
        "takes no argument",
    ),
    plant(
        ACTIVE,
        (
            THINK,
            "http.post('/x', { creates = { kind = 'x', delete = { path = '/x/{id}' } } })",
        ),
        "{ kind",
        Rule::CreatesWithoutFind,
        "has no find",
    ),
    plant(
        ACTIVE,
        (
            THINK,
            "http.post('/x', { creates = { kind = 'x', find = { path = '/x' } } })",
        ),
        "{ kind",
        Rule::MissingOption,
        "has no delete",
    ),
    plant(
        ACTIVE,
        (
            "local function refresh",
            "local spare = 3\nlocal function refresh",
        ),
        "spare",
        Rule::UnusedLocal,
        "'spare' is never read",
    ),
    plant(
        ACTIVE,
        (THINK, "local people = 1 think(people, 2)"),
        "people",
        Rule::ShadowedLocal,
        "shadows the one of line 5",
    ),
    plant(
        ACTIVE,
        (
            "function refresh(user) accounts.refresh(user.state.account) end",
            "function refresh(user) user.state.fresh = true end",
        ),
        "{ 4, refresh",
        Rule::SendsNothing,
        "steps[2] (refresh) sends nothing",
    ),
];

/// A copy of the stock scripts and modules.
fn stock() -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folder = Folder::new();
    for part in ["scripts", "lib"] {
        for entry in fs::read_dir(root.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_str().unwrap();
                folder = folder.file(&format!("{part}/{name}"), fs::read(&path).unwrap());
            }
        }
    }
    folder
}

/// What is found in a folder, apart from what loading it finds.
fn examined(place: &Place) -> (Linted, Vec<String>) {
    let bundle = Arc::new(Bundle::read(place, None).unwrap());
    let examined = script::examine(&bundle, &script_config(), &Baseline::default());
    let faults = examined.faults.iter().map(ToString::to_string).collect();
    (examined.linted, faults)
}

/// Line and column of a place in a text, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    (line, column)
}

#[test]
fn the_stock_scripts_have_no_fault() {
    for stock in [Place::Stock, stock().place()] {
        let (linted, faults) = examined(&stock);
        assert!(faults.is_empty(), "{faults:?}");
        let findings: Vec<String> = linted.findings.iter().map(ToString::to_string).collect();
        assert!(findings.is_empty(), "{}", findings.join("\n"));
        assert!(linted.left_out.is_empty(), "{:?}", linted.left_out);
        assert!(linted.files >= 14, "only {} files were read", linted.files);
    }
}

#[test]
fn other_scripts_of_the_tree_have_no_fault() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (linted, faults) = examined(&Place::Folder(root.join("examples/otel-demo/scripts")));
    assert!(faults.is_empty(), "{faults:?}");
    assert!(linted.findings.is_empty(), "{:?}", linted.findings);
    assert!(linted.files > 0);
}

#[test]
fn every_planted_fault_is_found_at_its_place() {
    let folder = stock();
    for planted in &PLANTED {
        let path = folder.at(planted.file);
        let before = fs::read_to_string(&path).unwrap();
        let start = before
            .find(planted.from)
            .unwrap_or_else(|| panic!("{}", planted.from));
        let after = before.replacen(planted.from, planted.to, 1);
        fs::write(&path, &after).unwrap();
        let at = after[start..]
            .find(planted.at)
            .unwrap_or_else(|| panic!("{}", planted.at));
        let expected = place(&after, start + at);
        let (linted, faults) = examined(&folder.place());
        fs::write(&path, before).unwrap();
        let is_it = |finding: &&Finding| {
            finding.rule == planted.rule
                && (finding.at.line, finding.at.column) == expected
                && finding.path == planted.file
                && finding.message.contains(planted.says)
        };
        let found: Vec<String> = linted.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            linted.findings.iter().filter(is_it).count(),
            1,
            "{} at {expected:?} of {}: {found:#?} {faults:#?}",
            planted.to,
            planted.file
        );
    }
}

#[test]
fn every_rule_is_planted() {
    // Tables of routes are in tests and mocks: `check_beside` has their faults.
    let of_scripts = Rule::ALL.into_iter();
    for rule in of_scripts.filter(|rule| *rule != Rule::WrongRoute) {
        assert!(
            PLANTED.iter().any(|planted| planted.rule == rule),
            "{rule:?}"
        );
    }
}

//! What makes a new version of a type, and what does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use throng::script::api::data::Kind;
use throng::script::{self, Bundle, Fingerprint};

use super::{Folder, Watched, marked, script_config};

fn closures(folder: &Folder) -> BTreeMap<String, Fingerprint> {
    let bundle = folder.bundle();
    script::check(&bundle, &script_config()).unwrap();
    of(&bundle)
}

fn of(bundle: &Bundle) -> BTreeMap<String, Fingerprint> {
    let closure = |name: &String| (name.clone(), bundle.closure(name).unwrap());
    bundle.types.keys().map(closure).collect()
}

/// The types whose closures differ.
fn moved(
    before: &BTreeMap<String, Fingerprint>,
    after: &BTreeMap<String, Fingerprint>,
) -> Vec<String> {
    let names = before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)));
    names
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect()
}

fn user_of(modules: &str) -> String {
    format!("{modules}\nreturn {{ step = function() end }}")
}

fn crowd() -> Folder {
    Folder::new()
        .script("direct.lua", user_of("local x = require 'x'"))
        .script("through.lua", user_of("local y = require(\"y\")"))
        .script("any.lua", user_of("local ok = pcall(require, 'y')"))
        .script(
            "none.lua",
            user_of("-- require 'x'\nlocal s = [[require 'x']]"),
        )
        .script(
            "wrong.lua",
            "return { step = function() if random.mistake('not_found') then end end }",
        )
        .lib("x.lua", "return 1")
        .lib("y.lua", "return require 'x'")
        .lib("z.lua", "return 1")
}

#[test]
fn an_edit_moves_exactly_the_types_that_reach_it() {
    for (file, text, types) in [
        ("lib/x.lua", "return 2", vec!["any", "direct", "through"]),
        ("lib/y.lua", "return 2", vec!["any", "through"]),
        ("lib/z.lua", "return 2", vec!["any"]),
        ("lib/new.lua", "return 2", vec!["any"]),
        ("scripts/_hidden.lua", "return 2", vec!["any"]),
        ("scripts/none.lua", &marked(""), vec!["none"]),
        ("scripts/fresh.lua", &marked(""), vec!["fresh"]),
        ("scripts/_crowd.lua", "return {}", vec![]),
        ("scripts/throng.toml", "users = 3", vec![]),
        (
            "lib/mistakes.lua",
            "return { nominal = 9, kinds = {} }",
            vec!["any", "wrong"],
        ),
    ] {
        let folder = crowd();
        let before = closures(&folder);
        folder.write(file, text);
        assert_eq!(moved(&before, &closures(&folder)), types, "{file}");
    }
}

#[test]
fn a_module_counts_by_what_is_in_it_and_not_by_where_it_is() {
    let folder = crowd();
    let before = closures(&folder);
    folder.write("scripts/_x.lua", "return 1");
    folder.remove("scripts/_x.lua");
    assert_eq!(closures(&folder), before);
    // The program's own module, the same text put into the folder, and another one.
    let stock = folder.bundle().module("mistakes").unwrap().text.clone();
    folder.write("lib/mistakes.lua", &stock);
    assert_eq!(closures(&folder), before);
}

#[test]
fn a_module_that_goes_and_comes_back_moves_types_twice() {
    let folder = Folder::new()
        .script("may.lua", user_of("if vars.none then require 'x' end"))
        .lib("x.lua", "");
    let with = closures(&folder);
    folder.remove("lib/x.lua");
    let without = closures(&folder);
    assert_ne!(with, without, "an empty module is not the same as none");
    folder.write("lib/x.lua", "");
    assert_eq!(closures(&folder), with);
}

#[test]
fn a_print_tells_states_apart_and_not_times() {
    let fingerprint = |folder: &Folder| {
        let bundle = folder.bundle();
        script::check(&bundle, &script_config()).unwrap();
        bundle.fingerprint()
    };
    let folder = crowd();
    let before = fingerprint(&folder);
    assert_eq!(fingerprint(&folder), before);
    for (file, text) in [
        ("lib/z.lua", "return 2"),
        ("scripts/throng.toml", "users = 3"),
        ("scripts/_crowd.lua", "return {}"),
    ] {
        let old = std::fs::read(folder.at(file)).ok();
        folder.write(file, text);
        assert_ne!(fingerprint(&folder), before, "{file}");
        match old {
            Some(old) => folder.write(file, old),
            None => folder.remove(file),
        }
        assert_eq!(fingerprint(&folder), before, "{file}");
    }
    folder.rename("lib/z.lua", "lib/zz.lua");
    assert_ne!(fingerprint(&folder), before);
}

#[test]
fn a_data_file_moves_the_types_that_read_it() {
    let reads = |file: &str| user_of(&format!("local people = data.csv('{file}')"));
    let folder = Folder::new()
        .script("one.lua", reads("data/one.csv"))
        .script("two.lua", user_of("local people = require 'rows'"))
        .script("none.lua", marked(""))
        .script("data/one.csv", "name\nada\n")
        .script("two.csv", "name\nbo\n")
        .lib("rows.lua", "return data.csv('two.csv')");
    let watched = Watched::new(folder);
    let mut before = of(&watched.first);
    for (file, kind) in [("data/one.csv", "one"), ("two.csv", "two")] {
        watched
            .folder
            .write(&format!("scripts/{file}"), "name\ncy\ndi\n");
        let loaded = watched.loaded();
        let after = of(&loaded.bundle);
        assert_eq!(moved(&before, &after), [kind]);
        assert_eq!(loaded.bundle.feed(file, Kind::Csv).unwrap().len(), 2);
        before = after;
    }
    // The old bundle keeps the rows that it began with.
    assert_eq!(watched.first.feed("two.csv", Kind::Csv).unwrap().len(), 1);
    // The same rows, written again.
    watched.folder.write("scripts/two.csv", "name\ncy\ndi\n");
    watched.quiet();
    watched.folder.remove("scripts/two.csv");
    let fault = watched.fault();
    assert!(
        fault.starts_with("lib/rows.lua:1: data.csv: two.csv: "),
        "{fault}"
    );
    watched.folder.write("scripts/two.csv", "name\ncy\ndi\n");
    assert_eq!(of(&watched.loaded().bundle), before);
}

#[test]
fn a_data_file_that_a_new_script_asks_for_is_watched_from_then_on() {
    let watched = Watched::new(Folder::new().script("one.lua", marked("a")));
    let reads = user_of("local people = data.csv('data/people.csv')");
    watched.folder.write("scripts/one.lua", &reads);
    let fault = watched.fault();
    let start = "scripts/one.lua:1: data.csv: data/people.csv: ";
    assert!(fault.starts_with(start), "{fault}");
    watched
        .folder
        .write("scripts/data/people.csv", "name\nada\n");
    let before = of(&watched.loaded().bundle);
    watched
        .folder
        .write("scripts/data/people.csv", "name\nbo\n");
    assert_eq!(moved(&before, &of(&watched.loaded().bundle)), ["one"]);
}

#[test]
fn a_data_file_that_stays_the_same_is_not_read_again() {
    let folder = Folder::new()
        .script("one.lua", user_of("local people = data.csv('people.csv')"))
        .script("people.csv", "name\nada\n");
    let watched = Watched::new(folder);
    // Other rows with the stamp of the old ones: whoever reads the file again sees them.
    let path = watched.folder.at("scripts/people.csv");
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    std::fs::write(&path, "name\nbob\n").unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(time).unwrap();
    watched.folder.write("scripts/two.lua", marked(""));
    let loaded = watched.loaded();
    let rows = |bundle: &Bundle| bundle.feed("people.csv", Kind::Csv).unwrap();
    assert!(Arc::ptr_eq(&rows(&loaded.bundle), &rows(&watched.first)));
    assert_eq!(moved(&of(&watched.first), &of(&loaded.bundle)), ["two"]);
}

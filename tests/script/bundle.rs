//! Which files make a bundle, and what is said of those that cannot.

use throng::script::api::data::Kind;
use throng::script::{Bundle, Place};

use super::support::Folder;

const STEPS: &str = "return { step = function() end }";

#[test]
fn types_are_lua_files_that_begin_with_a_small_letter() {
    let folder = Folder::new()
        .script("browse.lua", STEPS)
        .script("_shared.lua", "return 1")
        .script("Upper.lua", "syntax error")
        .script("1st.lua", "syntax error")
        .script("notes.txt", "syntax error")
        .script(".hidden.lua", "syntax error")
        .script("deep/inner.lua", "syntax error");
    let bundle = folder.bundle();
    assert_eq!(bundle.types.keys().collect::<Vec<_>>(), ["browse"]);
    assert_eq!(bundle.types["browse"].path, "scripts/browse.lua");
    assert!(bundle.module("_shared").is_some());
    assert!(bundle.crowd.is_none());
}

#[test]
fn modules_come_from_the_lib_beside_and_from_folders_in_it() {
    let folder = Folder::new()
        .script(
            "one.lua",
            "local deep = require 'deep.down'\nassert(deep == 'found')\nassert(require('_near') == \
             5)\nreturn { step = function() end }",
        )
        .script("_near.lua", "return 5")
        .lib("deep/down.lua", "return 'found'");
    assert_eq!(folder.check().unwrap().len(), 1);
    assert_eq!(
        folder.bundle().module("deep.down").unwrap().path,
        "lib/deep/down.lua"
    );
}

#[test]
fn another_lib_folder_can_be_named() {
    let folder = Folder::one(STEPS)
        .lib("a.lua", "return 1")
        .file("other/b.lua", "return 2");
    let bundle = Bundle::read(&folder.place(), Some(&folder.at("other"))).unwrap();
    assert!(bundle.module("a").is_none());
    assert_eq!(bundle.module("b").unwrap().path, "other/b.lua");
    let missing = folder.at("missing");
    let faults = Bundle::read(&folder.place(), Some(&missing)).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        format!(
            "{}: is not a folder; give one with --lib-dir, or leave it out",
            missing.display()
        )
    );
}

#[test]
fn built_in_modules_are_there_beneath_those_of_the_folder() {
    let stock = Bundle::read(&Place::Stock, None);
    let bare = Folder::one(STEPS).bundle();
    if let Ok(stock) = stock {
        let built_in: Vec<&str> = stock.module_names().collect();
        assert_eq!(bare.module_names().collect::<Vec<_>>(), built_in);
    }
    let own = Folder::one(STEPS).lib("mistakes.lua", "return { nominal = 1, kinds = {} }");
    let text = &own.bundle().module("mistakes").unwrap().text.clone();
    assert_eq!(&**text, b"return { nominal = 1, kinds = {} }");
}

#[test]
fn an_empty_folder_says_what_to_put_there() {
    let folder = Folder::new().script("_hidden.lua", "return 1");
    assert_eq!(
        folder.fault(),
        format!(
            "{}: there is no script in it; put a file such as browse.lua there, whose table has \
             steps, or give --builtin for the types inside the program",
            folder.at("scripts").display()
        )
    );
}

#[test]
fn a_folder_that_is_none_is_named_with_its_option() {
    let folder = Folder::new();
    let missing = folder.at("missing");
    let faults = Bundle::read(&Place::Folder(missing.clone()), None).unwrap_err();
    let words = faults[0].to_string();
    assert!(words.starts_with(&format!(
        "{}: cannot be read as a folder: ",
        missing.display()
    )));
    assert!(words.ends_with("; name one with --script-dir"), "{words}");
}

#[test]
fn all_files_that_cannot_be_read_are_named_at_once() {
    let folder = Folder::one(STEPS)
        .script("also.lua/inside", "a folder with the name of a script")
        .script("big.lua", vec![b' '; (4 << 20) + 1]);
    std::os::unix::fs::symlink("nowhere", folder.at("scripts/gone.lua")).unwrap();
    let faults = folder.faults();
    let said = |start: &str| faults.iter().any(|fault| fault.starts_with(start));
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(said("scripts/also.lua: "), "{faults:#?}");
    assert!(said("scripts/gone.lua: "), "{faults:#?}");
    let big = faults
        .iter()
        .find(|fault| fault.starts_with("scripts/big.lua: "));
    assert!(
        big.unwrap()
            .ends_with("has 4194305 bytes, and at most 4194304 are read; make it smaller"),
        "{big:?}"
    );
}

#[test]
fn data_files_are_read_inside_the_folder_only() {
    let folder = Folder::one(STEPS)
        .script("data/people.csv", "name\nada\n")
        .file("secret.csv", "no");
    let bundle = folder.bundle();
    let rows = |path| bundle.feed(path, Kind::Csv).map(|feed| feed.len());
    assert_eq!(rows("data/people.csv"), Ok(1));
    assert_eq!(rows("./data/people.csv"), Ok(1));
    for path in ["../secret.csv", "/etc/passwd", "data/../../secret.csv"] {
        let words = ": must be a path inside the script folder";
        assert_eq!(rows(path), Err(words.to_owned()));
    }
    let missing = rows("none.csv").unwrap_err();
    assert!(missing.starts_with(": cannot be read: "), "{missing}");
}

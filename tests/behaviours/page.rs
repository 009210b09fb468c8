//! The page of the Lua API says what is true: its examples load, and every function of the host stands on it.

use std::fs;
use std::sync::Arc;

use throng::script::api::NAMESPACES;
use throng::script::{self, Bundle, Place};

use super::root;
use crate::support::scripts::script_config;

fn page() -> String {
    fs::read_to_string(root().join("docs/lua-api.md")).unwrap()
}

/// The page, and those of the reference.
fn pages() -> String {
    let reference = fs::read_dir(root().join("docs/reference/lua")).unwrap();
    let texts = reference.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    page() + &texts.collect::<String>()
}

/// The blocks of Lua, each with the number of its first line.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        match (line, inside) {
            ("```lua", false) => {
                inside = true;
                blocks.push((number + 2, String::new()));
            }
            ("```", true) => inside = false,
            (line, true) => {
                let (_, block) = blocks.last_mut().unwrap();
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

/// Loads a file of a script folder of its own, beside the stock modules and the data that examples read.
fn load(name: &str, text: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("people.csv"),
        "email,password\na@example.com,secret\n",
    )
    .unwrap();
    fs::write(folder.path().join("key.pem"), "a key\n").unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    if name == "_crowd.lua" {
        fs::write(
            folder.path().join("idle.lua"),
            "return { step = function() end }",
        )
        .unwrap();
    }
    let faults = |faults: Vec<script::Diagnostic>| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    };
    let place = Place::Folder(folder.path().to_owned());
    let bundle = Bundle::read(&place, Some(&root().join("lib"))).map_err(faults)?;
    script::check(&Arc::new(bundle), &script_config())
        .map(drop)
        .map_err(faults)
}

#[test]
fn every_example_of_the_page_loads() {
    let page = page();
    let mut behaviours = 0;
    for (line, block) in blocks(&page) {
        let first = block.lines().next().unwrap_or_default();
        let loaded = if first.starts_with("-- scripts/_crowd.lua") {
            load("_crowd.lua", &block)
        } else if first.starts_with("-- lib/") {
            load(
                "example.lua",
                &format!(
                    "local _ = (function() {block} end)()\nreturn {{ step = function() end }}"
                ),
            )
        } else if block.lines().any(|line| line.starts_with("return {")) {
            behaviours += 1;
            load("example.lua", &block)
        } else {
            // Lines of a step: they compile, with the globals that there are.
            load(
                "example.lua",
                &format!("return {{ step = function(user)\n{block}\nend }}"),
            )
        };
        assert_eq!(loaded, Ok(()), "docs/lua-api.md:{line}\n{block}");
    }
    assert!(behaviours >= 3, "{behaviours} behaviours on the page");
}

#[test]
fn every_function_of_the_api_stands_on_a_page_and_every_one_there_exists() {
    let page = pages();
    // A script lists what its VM has: the pages cannot forget a function, nor invent one. In parts, since the words of an
    // error are bounded.
    let listing = |tables: &str| {
        let script = r#"
        local names = {}
        local function list(of, name)
          for key, value in pairs(of) do
            if type(value) == "function" then names[#names + 1] = name .. "." .. key end
            if type(value) == "table" then list(value, name .. "." .. key) end
          end
        end
        for of in ("TABLES"):gmatch("%S+") do
          list(_G[of], of)
        end
        for _, name in ipairs { "parallel", "think", "require", "print" } do
          if type(_G[name]) == "function" then names[#names + 1] = name end
        end
        table.sort(names)
        error(table.concat(names, " "), 0)
    "#;
        load("example.lua", &script.replace("TABLES", tables)).unwrap_err()
    };
    let parts = [
        "http auth",
        "random",
        "metrics json log time",
        "crypto data",
    ];
    let raised = parts.map(listing).join("\n");
    let has = |name: &str| raised.split([' ', '\n', ':']).any(|word| word == name);
    let names: Vec<&str> = raised
        .split_whitespace()
        .filter(|word| word.contains('.'))
        .collect();
    let api: Vec<&str> = names
        .into_iter()
        .filter(|name| !name.contains(".lua"))
        .collect();
    assert!(api.len() > 50, "{raised}");
    for name in &api {
        assert!(
            page.contains(&format!("`{name}")),
            "{name} is not on the page"
        );
    }
    for table in [
        "http", "auth", "random", "metrics", "json", "log", "time", "crypto", "data",
    ] {
        for (at, _) in page.match_indices(&format!("`{table}.")) {
            let rest = &page[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)));
            let name = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
            let is_table = NAMESPACES.iter().any(|table| table.name == name);
            let known = has(name) || is_table || matches!(name, "json.null");
            assert!(known, "`{name}` stands on the page and does not exist");
        }
    }
}

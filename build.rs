//! Makes of the live page what `src/page` holds: each file compressed, with its content type and a hash of its bytes; and
//! the page around a report's data, all its files in one. Compresses the description of the HTTP API.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, Crc, write::GzEncoder};
use sha2::{Digest, Sha256};

type Done<T> = Result<T, Box<dyn Error>>;

const PAGE: &str = "src/page/assets";
const OPENAPI: &str = "src/web/api/openapi.json";
/// Pages in one file: their names, what they are made of, and where their scripts begin.
const FROZEN: [(&str, &str, &str); 2] = [
    ("frozen", "index.html", "main.js"),
    ("session", "trace.html", "trace.js"),
];

fn main() -> Done<()> {
    println!("cargo:rerun-if-changed={PAGE}");
    println!("cargo:rerun-if-changed={OPENAPI}");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let mut table = String::from("&[\n");
    for file in files(Path::new(PAGE))? {
        let path = file
            .strip_prefix(PAGE)?
            .display()
            .to_string()
            .replace('\\', "/");
        let Some(content_type) = content_type(&path) else {
            continue;
        };
        let bytes = fs::read(&file)?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        let packed = out.join(path.replace('/', "-"));
        pack(&packed, &bytes)?;
        writeln!(
            table,
            "    Asset {{ path: {path:?}, content_type: {content_type:?}, hash: \"{:08x}\", length: {}, gzip: include_bytes!({packed:?}) }},",
            crc.sum(),
            bytes.len(),
        )?;
    }
    table.push(']');
    fs::write(out.join("page.rs"), table)?;
    for (name, index, main) in FROZEN {
        let (before, after) = frozen(index, main)?;
        pack(&out.join(format!("{name}-before.gz")), before.as_bytes())?;
        pack(&out.join(format!("{name}-after.gz")), after.as_bytes())?;
    }
    pack(&out.join("openapi.json.gz"), &fs::read(OPENAPI)?)?;
    Ok(())
}

fn pack(to: &Path, bytes: &[u8]) -> Done<()> {
    let mut gzip = GzEncoder::new(fs::File::create(to)?, Compression::best());
    gzip.write_all(bytes)?;
    gzip.finish()?;
    Ok(())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// None for what the page does not load, such as a licence.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

fn read(path: &str) -> Done<String> {
    Ok(fs::read_to_string(Path::new(PAGE).join(path)).map_err(|why| format!("{path}: {why}"))?)
}

/// The page in one file, before its data and after it: it loads nothing, and its policy lets nothing in.
fn frozen(index: &str, main: &str) -> Done<(String, String)> {
    let (mut head, mut style) = (String::new(), String::new());
    let html = read(index)?;
    for line in html.lines() {
        let sheet = line
            .trim()
            .strip_prefix("<link rel=\"stylesheet\" href=\"/page/");
        if let Some(sheet) = sheet.and_then(|rest| rest.strip_suffix("\">")) {
            style.push_str(&read(sheet)?);
        } else if !line.contains("\"/page/") {
            // Else it is the icon or the script.
            head.push_str(line);
            head.push('\n');
        }
    }
    let mut script = String::from("\"use strict\";\nconst modules = {};\n");
    bundle(main, &mut BTreeMap::new(), &mut script)?;
    if script.contains("</script") || style.contains("</style") {
        return Err("a file of the page ends the element that holds it".into());
    }
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style)
    );
    let parts = format!(
        "  <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n  <link rel=\"icon\" href=\"data:,\">\n  <style>{style}</style>\n</head>"
    );
    let page = head.replacen("</head>", &parts, 1);
    let (before, after) = page
        .split_once("</body>")
        .ok_or_else(|| format!("{index} has no </body>"))?;
    Ok((
        format!("{before}<script type=\"application/json\" id=\"data\">"),
        format!("</script>\n<script>{script}</script>\n</body>{after}"),
    ))
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// A module as a function, after those that it imports. `done` says of each whether it is complete.
fn bundle(path: &str, done: &mut BTreeMap<String, bool>, script: &mut String) -> Done<()> {
    match done.get(path) {
        Some(true) => return Ok(()),
        Some(false) => return Err(format!("{path} imports itself by others").into()),
        None => done.insert(path.to_owned(), false),
    };
    let (mut body, mut names) = (String::new(), Vec::new());
    for line in read(path)?.lines() {
        if let Some(import) = line.strip_prefix("import ") {
            let (what, from) = import
                .strip_suffix("\";")
                .and_then(|rest| rest.split_once(" from \"./"))
                .ok_or_else(|| format!("{path}: an import takes one line: {line}"))?;
            bundle(from, done, script)?;
            let what = what.replace(" as ", ": ");
            writeln!(body, "const {what} = modules[{from:?}];")?;
        } else if let Some(export) = line.strip_prefix("export ") {
            let made = exported(export).ok_or_else(|| format!("{path}: exports what? {line}"))?;
            names.extend(made);
            writeln!(body, "{export}")?;
        } else {
            writeln!(body, "{line}")?;
        }
    }
    let names = names.join(", ");
    writeln!(
        script,
        "modules[{path:?}] = (() => {{\n{body}return {{ {names} }};\n}})();"
    )?;
    done.insert(path.to_owned(), true);
    Ok(())
}

/// The names that a declaration makes.
fn exported(declaration: &str) -> Option<Vec<String>> {
    let kinds = [
        "async function* ",
        "async function ",
        "function ",
        "class ",
        "const ",
    ];
    let rest = kinds
        .iter()
        .find_map(|kind| declaration.strip_prefix(kind))?;
    let is_name = |one: char| one.is_alphanumeric() || one == '_' || one == '$';
    let names = match rest.strip_prefix(['[', '{']) {
        Some(list) => list.split([']', '}']).next()?,
        None => rest.split(|one: char| !is_name(one)).next()?,
    };
    let names = names.split(',').map(|name| name.trim().to_owned());
    Some(names.collect())
}

//! Makes of the live page what `src/page` holds: each file compressed, with its content type and a hash of its bytes.
//! The stock scripts are part of the program too: a change of theirs, also a new file, builds it anew.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, Crc, write::GzEncoder};

const PAGE: &str = "src/page/assets";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=scripts");
    println!("cargo:rerun-if-changed=lib");
    println!("cargo:rerun-if-changed={PAGE}");
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
        let mut gzip = GzEncoder::new(fs::File::create(&packed)?, Compression::best());
        gzip.write_all(&bytes)?;
        gzip.finish()?;
        writeln!(
            table,
            "    Asset {{ path: {path:?}, content_type: {content_type:?}, hash: \"{:08x}\", length: {}, gzip: include_bytes!({packed:?}) }},",
            crc.sum(),
            bytes.len(),
        )?;
    }
    table.push(']');
    fs::write(out.join("page.rs"), table)?;
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

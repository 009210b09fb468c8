//! The stock scripts are part of this crate: a change of theirs, also a new file, builds it anew.

fn main() {
    println!("cargo:rerun-if-changed=../../scripts");
    println!("cargo:rerun-if-changed=../../lib");
}

//! The live page's files, compressed by `build.rs` into the program.
//!
//! In: the path of one, such as `index.html` or `vendor/uplot.js`. Out: its bytes, its content type and a hash of them.
//! Must never know: sockets, who asks, what a run is: the files hold nothing of a run.

use std::io::{self, Read};

use flate2::read::GzDecoder;

/// One file of the page.
#[derive(Debug)]
pub struct Asset {
    pub path: &'static str,
    pub content_type: &'static str,
    /// Of its bytes: another one as soon as they change.
    pub hash: &'static str,
    /// How many bytes it has, uncompressed.
    pub length: usize,
    /// Its bytes, compressed by gzip.
    pub gzip: &'static [u8],
}

/// All of them.
pub const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The file of this path.
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

impl Asset {
    /// Its bytes, uncompressed.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(self.length);
        GzDecoder::new(self.gzip).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

//! A bundle as it is sent elsewhere: its sources, and the data files as they were read.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Bundle, DataFile, Source};
use crate::script::feed::Feed;
use crate::script::source::data_files::ReadDataFile;
use crate::script::source::fingerprint::Fingerprint;

#[derive(Serialize, Deserialize)]
struct Sent<F> {
    types: BTreeMap<String, File>,
    crowd: Option<File>,
    modules: BTreeMap<String, File>,
    folder: Option<PathBuf>,
    data: Vec<(DataFile, Result<F, String>)>,
    print: Fingerprint,
}

/// A source; one whose text is no UTF-8 is refused where it is loaded, so its bytes are sent as they are.
#[derive(Serialize, Deserialize)]
struct File {
    path: String,
    text: Vec<u8>,
}

impl From<&Source> for File {
    fn from(source: &Source) -> Self {
        Self {
            path: source.path.clone(),
            text: source.text.to_vec(),
        }
    }
}

impl From<File> for Source {
    fn from(file: File) -> Self {
        Self {
            path: file.path,
            text: file.text.into(),
        }
    }
}

fn files(sources: &BTreeMap<String, Source>) -> BTreeMap<String, File> {
    let file = |(name, source): (&String, &Source)| (name.clone(), source.into());
    sources.iter().map(file).collect()
}

fn sources(files: BTreeMap<String, File>) -> BTreeMap<String, Source> {
    let source = |(name, file): (String, File)| (name, file.into());
    files.into_iter().map(source).collect()
}

impl Serialize for Bundle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.data.lock().unwrap_or_else(PoisonError::into_inner);
        Sent::<&Feed> {
            types: files(&self.types),
            crowd: self.crowd.as_ref().map(File::from),
            modules: files(&self.modules),
            folder: self.data_folder.clone(),
            data: data
                .iter()
                .map(|(file, filed)| {
                    let feed = filed.feed.as_deref().map_err(Clone::clone);
                    (file.clone(), feed)
                })
                .collect(),
            print: self.tree,
        }
        .serialize(serializer)
    }
}

/// It is not checked again, and has no settings: those are the run's.
impl<'de> Deserialize<'de> for Bundle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Sent::<Feed>::deserialize(deserializer)?;
        let filed = |feed: Result<Feed, String>| ReadDataFile {
            stamp: None,
            feed: feed.map(Arc::new),
        };
        let data = sent
            .data
            .into_iter()
            .map(|(file, feed)| (file, filed(feed)))
            .collect();
        Ok(Self {
            types: sources(sent.types),
            crowd: sent.crowd.map(Source::from),
            settings: None,
            modules: sources(sent.modules),
            passed_over: Vec::new(),
            data_folder: sent.folder,
            data: Mutex::new(data),
            feeds: Arc::default(),
            tree: sent.print,
            seal: OnceLock::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::source::bundle::Place;

    #[test]
    fn a_bundle_that_was_sent_has_the_same_sources() {
        let Ok(bundle) = Bundle::read(&Place::Stock, None) else {
            panic!("the built-in scripts are read");
        };
        let sent = serde_json::to_string(&bundle).expect("a bundle is plain");
        let read: Bundle = serde_json::from_str(&sent).expect("it is read back");
        assert_eq!(read.types, bundle.types);
        assert_eq!(read.modules, bundle.modules);
        assert_eq!(read.crowd, bundle.crowd);
        assert_eq!(read.fingerprint(), bundle.fingerprint());
        assert_eq!(read.folder(), bundle.folder());
    }
}

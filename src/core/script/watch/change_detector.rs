//! Detects changes: whether a state of the folders is new, and whether all of it passes the checks.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::reload_event::{LoadedScripts, ReloadEvent};
use super::settings::LoaderSettings;
use crate::metrics::Declaration;
use crate::plan::file::Baseline;
use crate::script::diagnostic::Diagnostic;
use crate::script::shard_context::ScriptConfig;
use crate::script::source::bundle::{Bundle, Source};
use crate::script::source::data_files::{Feeds, Stamp};
use crate::script::source::fingerprint::Fingerprint;
use crate::script::source::source_tree::{Places, Tree};
use crate::script::source::watch_roots::WatchRoots;
use crate::script::validate;
use crate::script::validate::Checked;

/// A reading, as far as it takes to see whether anything changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    tree: Fingerprint,
    /// Data files in use: hashing them each time would cost too much.
    data: BTreeMap<PathBuf, Option<Stamp>>,
}

/// There are no descriptors to read the folders with: nothing can be said of them.
#[derive(Debug)]
pub struct NoDescriptors;

/// Knows what was seen last, and what the run has taken so far.
pub struct ChangeDetector {
    places: Places,
    script_config: ScriptConfig,
    types: Option<Vec<String>>,
    feeds: Arc<Feeds>,
    /// Metrics that the run may have counted.
    declared: Vec<Declaration>,
    crowd: Option<Source>,
    baseline: Baseline,
    seen: SourceState,
    /// The fingerprint of what was seen, data files by content.
    fingerprint: Fingerprint,
    /// What was said last of files that are no types.
    passed_over: Option<String>,
}

impl ChangeDetector {
    /// Has seen the bundle with which the run began.
    pub fn new(settings: LoaderSettings) -> Self {
        let first = settings.first;
        Self {
            places: settings.places,
            script_config: settings.script_config,
            types: settings.types,
            feeds: Arc::clone(&first.feeds),
            declared: first.declared().to_vec(),
            passed_over: first.passed_over(),
            crowd: first.crowd.clone(),
            baseline: settings.baseline,
            seen: SourceState {
                tree: first.tree,
                data: first.stamps(),
            },
            fingerprint: first.fingerprint(),
        }
    }

    /// What there is to compare of a reading, and of the data files as they are now.
    pub fn mark(&self, tree: &Tree) -> SourceState {
        let stamp = |file: &PathBuf| (file.clone(), Stamp::of(file));
        SourceState {
            tree: tree.fingerprint,
            data: self.seen.data.keys().map(stamp).collect(),
        }
    }

    /// Whether this is what was seen last.
    pub fn has_seen(&self, mark: &SourceState) -> bool {
        self.seen == *mark
    }

    /// The ground of a reading with that of the data files.
    pub fn ground(&self, mut ground: WatchRoots) -> WatchRoots {
        for file in self.seen.data.keys() {
            ground.file(file);
        }
        ground
    }

    /// What is to be said of a state of the folders; nothing when it is the last one and nobody asked.
    pub fn examine(
        &mut self,
        tree: Tree,
        mark: SourceState,
        saved: Instant,
        ticket: Option<u64>,
    ) -> Result<Vec<ReloadEvent>, NoDescriptors> {
        if self.has_seen(&mark) && ticket.is_none() {
            return Ok(Vec::new());
        }
        if tree.starved {
            return Err(NoDescriptors);
        }
        // Before it is looked at: should that fail, it is not tried again until something changes.
        let seen = std::mem::replace(&mut self.seen, mark);
        let before = std::mem::replace(&mut self.fingerprint, tree.fingerprint);
        self.feeds.take_starved();
        let looked = self.look(tree);
        if looked.is_err() && self.feeds.take_starved() {
            (self.seen, self.fingerprint) = (seen, before);
            return Err(NoDescriptors);
        }
        // A data file that was written again, with what was in it before, is no news.
        if self.fingerprint == before && ticket.is_none() {
            return Ok(Vec::new());
        }
        Ok(match looked {
            Ok((bundle, Checked { specs, settings })) => {
                let notes = self.accept(&bundle);
                let loaded = LoadedScripts {
                    bundle,
                    specs,
                    settings,
                    saved,
                    ticket,
                };
                let loaded = ReloadEvent::Loaded(Box::new(loaded));
                std::iter::once(loaded)
                    .chain(notes.into_iter().map(ReloadEvent::Note))
                    .collect()
            }
            Err(faults) => vec![ReloadEvent::Refused {
                faults,
                saved,
                ticket,
            }],
        })
    }

    fn look(&mut self, tree: Tree) -> Result<(Arc<Bundle>, Checked), Vec<Diagnostic>> {
        let bundle = Arc::new(Bundle::new(tree, Arc::clone(&self.feeds))?);
        let checked = validate::whole(&bundle, &self.script_config, &self.declared, &self.baseline);
        self.seen.data = bundle.stamps();
        self.fingerprint = bundle.fingerprint();
        Ok((bundle, self.select(checked?)?))
    }

    /// The types that take part.
    fn select(&self, mut checked: Checked) -> Result<Checked, Vec<Diagnostic>> {
        let Some(wanted) = &self.types else {
            return Ok(checked);
        };
        let all = checked.specs.iter().map(|spec| spec.name.as_str());
        let all = all.collect::<Vec<_>>().join(", ");
        checked.specs.retain(|spec| wanted.contains(&spec.name));
        if checked.specs.is_empty() {
            let words = format!(
                "none of the types that take part ({}) is left; there are: {all}",
                wanted.join(", ")
            );
            return Err(vec![Diagnostic::at(self.places.to_string(), words)]);
        }
        Ok(checked)
    }

    /// Remembers what the run takes over; gives what its user should know.
    fn accept(&mut self, bundle: &Bundle) -> Vec<String> {
        for declaration in bundle.declared() {
            if !self.declared.contains(declaration) {
                self.declared.push(declaration.clone());
            }
        }
        let known = std::mem::replace(&mut self.passed_over, bundle.passed_over());
        let passed_over = self
            .passed_over
            .clone()
            .filter(|_| known != self.passed_over);
        let before = std::mem::replace(&mut self.crowd, bundle.crowd.clone());
        let source = self.crowd.as_ref().or(before.as_ref());
        let crowd = source.filter(|_| before != self.crowd).map(|source| {
            format!(
                "{} has changed; setup has already run, so the change applies to the next run",
                source.path
            )
        });
        crowd.into_iter().chain(passed_over).collect()
    }
}

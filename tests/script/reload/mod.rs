//! From save to offer: a real loader on real folders, and what it says of what is done to them.

mod closures;
mod cost;
mod limits;
mod refusals;
mod saves;
mod settings;
mod watching;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use throng::plan::Watch;
use throng::plan::file::Baseline;
use throng::script::{
    self, Bundle, LoadedScripts, Loader, LoaderRequest, LoaderSettings, LoaderTimings, Places,
    ReloadEvent,
};

use super::support::{Folder, script_config};

/// A type whose text has this mark.
fn marked(mark: &str) -> String {
    format!("return {{ step = function() end }} -- {mark}")
}

/// Nothing is waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(60);
/// So short that no test takes long, so long that two saves in a row are one.
const SETTLE: Duration = Duration::from_millis(60);
/// Long enough for anything that should not come.
const QUIET: Duration = Duration::from_millis(500);

/// A folder and the loader that watches it.
struct Watched {
    folder: Folder,
    first: Arc<Bundle>,
    loader: Loader,
    offers: Receiver<ReloadEvent>,
}

impl Watched {
    /// Watched by the system alone: what comes, came by a hint.
    fn new(folder: Folder) -> Self {
        Self::with(folder, |_| ())
    }

    /// One that waits for longer, for saves in several parts: a machine with other work may pause between them.
    fn patient(folder: Folder) -> Self {
        Self::with(folder, |settings| settings.patience.settle = 5 * SETTLE)
    }

    /// With its first look behind it, which would find a change without any hint.
    fn with(folder: Folder, change: impl FnOnce(&mut LoaderSettings)) -> Self {
        let watched = Self::begin(folder, change);
        watched.ask(0);
        assert_eq!(watched.loaded().ticket, Some(0));
        watched
    }

    fn begin(folder: Folder, change: impl FnOnce(&mut LoaderSettings)) -> Self {
        let settings = settings_for(&folder, change);
        let first = Arc::clone(&settings.first);
        let (say, offers) = mpsc::channel();
        let loader = Loader::start(settings, move |offer| {
            // A test that has ended needs no more.
            let _ = say.send(offer);
        });
        Self {
            folder,
            first,
            loader: loader.unwrap(),
            offers,
        }
    }

    fn next(&self) -> ReloadEvent {
        self.offers.recv_timeout(PATIENCE).unwrap()
    }

    /// The next offer, which must be fine.
    fn loaded(&self) -> Box<LoadedScripts> {
        match self.next() {
            ReloadEvent::Loaded(loaded) => loaded,
            other => panic!("{other:#?}"),
        }
    }

    /// The faults of the next offer, which must be a refusal.
    fn refused(&self) -> Vec<String> {
        match self.next() {
            ReloadEvent::Refused { faults, .. } => faults.iter().map(ToString::to_string).collect(),
            other => panic!("{other:#?}"),
        }
    }

    /// The only fault of the next offer.
    fn fault(&self) -> String {
        let faults = self.refused();
        assert_eq!(faults.len(), 1, "{faults:#?}");
        faults.into_iter().next().unwrap()
    }

    fn note(&self) -> String {
        match self.next() {
            ReloadEvent::Note(note) => note,
            other => panic!("{other:#?}"),
        }
    }

    /// Nothing comes.
    fn quiet(&self) {
        let came = self.offers.recv_timeout(QUIET);
        assert!(matches!(came, Err(RecvTimeoutError::Timeout)), "{came:#?}");
    }

    /// The text of type `one` in what comes next, which must be fine.
    fn one(&self) -> String {
        text(&self.loaded().bundle, "one")
    }

    fn ask(&self, ticket: u64) {
        assert!(self.loader.ask(LoaderRequest::Reload(ticket)));
    }
}

fn settings_for(folder: &Folder, change: impl FnOnce(&mut LoaderSettings)) -> LoaderSettings {
    let first = folder.bundle();
    script::check(&first, &script_config()).unwrap();
    let mut settings = LoaderSettings {
        places: Places {
            scripts: folder.place(),
            lib: None,
            plan: None,
        },
        watch: Watch::Native,
        patience: LoaderTimings {
            settle: SETTLE,
            poll: Duration::from_secs(3600),
            ..LoaderTimings::default()
        },
        script_config: script_config(),
        types: None,
        first,
        baseline: Baseline::default(),
    };
    change(&mut settings);
    settings
}

fn text(bundle: &Bundle, kind: &str) -> String {
    String::from_utf8(bundle.types[kind].text.to_vec()).unwrap()
}

/// Saves type `one` again and again, with this pause, while `act` runs.
fn under_saves<T>(folder: &Folder, pause: Duration, act: impl FnOnce() -> T) -> T {
    let (stop, stopped) = mpsc::channel::<()>();
    std::thread::scope(|threads| {
        threads.spawn(move || {
            for save in 0.. {
                folder.write("scripts/.new", marked(&save.to_string()));
                folder.rename("scripts/.new", "scripts/one.lua");
                if stopped.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        });
        // Also when the test fails.
        let _stop = stop;
        act()
    })
}

fn names(bundle: &Bundle) -> Vec<&str> {
    bundle.types.keys().map(String::as_str).collect()
}

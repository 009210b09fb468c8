//! Scripts that change while users are active: what is offered is taken or refused.

use super::state::Run;
use crate::engine::command::{Done, Refused};
use crate::engine::release::CandidateOutcome;
use crate::metrics::Refusal;
use crate::script::{Diagnostic, LoadedScripts, ReloadEvent, STARVED};
use crate::text;

impl Run {
    /// Takes, refuses or reports what the reader of the script folders offers.
    pub(super) fn consider(&mut self, offer: ReloadEvent) {
        match offer {
            ReloadEvent::Loaded(loaded) => {
                let number = loaded.ticket;
                let said = self.take_scripts(&loaded);
                if let Err(refused) = &said {
                    let faults = vec![("throng.toml".to_owned(), refused.to_string())];
                    self.refuse(faults);
                }
                self.answer(number, said);
            }
            ReloadEvent::Refused { faults, ticket, .. } => {
                let faults: Vec<_> = faults.iter().map(words).collect();
                self.refuse(faults.clone());
                self.answer(ticket, Err(Refused::Scripts(faults)));
            }
            ReloadEvent::Unread { ticket } => {
                let why = "the script folders are not looked at any more".to_owned();
                self.answer(Some(ticket), Err(Refused::NotNow(why)));
            }
            ReloadEvent::NoDescriptors { ticket } => {
                let why = format!(
                    "the script folders cannot be read just now: {STARVED}; they are tried again"
                );
                self.answer(Some(ticket), Err(Refused::NotNow(why)));
            }
            ReloadEvent::Note(text) => {
                tracing::warn!("{text}");
                self.record("watch", &text);
            }
        }
    }

    fn refuse(&mut self, faults: Vec<(String, String)>) {
        let secrets = &self.config.script_config.run.secrets;
        let masked = |(place, cause)| (secrets.owned(place), secrets.owned(cause));
        let faults: Vec<_> = faults.into_iter().map(masked).collect();
        let lines: Vec<String> = faults
            .iter()
            .map(|(place, cause)| text::line(&format!("{place}: {cause}")).into_owned())
            .collect();
        let release = self.deployment.releases().release();
        tracing::error!(
            lines = lines.join("\n"),
            "the changed scripts were refused; the run continues with release {release}:"
        );
        let first = lines.first().map_or("", String::as_str);
        let more = match lines.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        self.record("refused", &format!("{first}{more}"));
        self.publisher.count_reload("refused");
        let at = self.elapsed();
        self.publisher.refused(Refusal { at, faults });
    }

    fn take_scripts(&mut self, loaded: &LoadedScripts) -> Result<Done, Refused> {
        let (before, beneath) = (self.settings(), self.beneath());
        let users = self.held_users();
        let settings = beneath.clone();
        let settings = self.config.settings_file.read(&loaded.settings, settings);
        let share = self.config.settings_file.canary_rules(&settings);
        let share = share.map(|rules| rules.share);
        let notes = self.deployment.releases().chain_notes(&loaded.specs);
        let change = self.config.settings_file.change(&loaded.settings);
        let shape = self.shape_with(&change, &settings)?;
        let (taken, ended_canary) = self.deployment.take(loaded, share, settings)?;
        self.reshape(shape, users);
        self.order_settings();
        self.config.settings_file.accept(loaded.settings.clone());
        let fixed = self.publisher.take_refusal();
        let is_set = before != self.settings() || beneath != self.beneath();
        let set = is_set.then(|| self.announce_settings(&before, &beneath));
        if let (Some(release), CandidateOutcome::Published { .. } | CandidateOutcome::Canary) =
            (ended_canary, &taken)
        {
            let text =
                format!("the canary of release {release} is over: the scripts changed again");
            self.announce("canary", &text);
        }
        let is_new = matches!(
            taken,
            CandidateOutcome::Published { .. } | CandidateOutcome::Canary
        );
        let done = match taken {
            CandidateOutcome::RolledBack => match set {
                Some(set) => set,
                None => self.announce(
                    "reload",
                    "these scripts were rolled back; they are not applied until one changes",
                ),
            },
            CandidateOutcome::Unchanged => self.take_unchanged(ended_canary, set, fixed),
            CandidateOutcome::Published {
                changed,
                joined,
                left,
            } => {
                self.publisher.count_reload("accepted");
                let known = &self.publisher.last().versions;
                let text = self.deployment.described(&joined, &left, known);
                let moves_users = !changed.is_empty();
                self.begin_rollout(loaded.saved, [changed, joined].concat(), moves_users);
                self.announce("reload", &text)
            }
            CandidateOutcome::Canary => {
                self.publisher.count_reload("accepted");
                let text = self.begin_canary();
                self.announce("canary", &text)
            }
        };
        self.publish();
        if is_new {
            for words in notes {
                tracing::warn!("{words}");
                self.record("reload", &words);
            }
        }
        Ok(done)
    }

    fn take_unchanged(
        &mut self,
        ended_canary: Option<u32>,
        set: Option<Done>,
        fixed: bool,
    ) -> Done {
        self.publisher.count_reload("unchanged");
        let release = self.deployment.releases().release();
        let now = format!("the scripts are those of release {release}");
        match (ended_canary, set) {
            (Some(release), _) => {
                let text = format!("{now}; the canary of release {release} is over");
                self.announce("reload", &text)
            }
            (None, Some(set)) => set,
            (None, None) if fixed => self.announce("reload", &format!("fixed: {now}")),
            (None, None) => self.announce("reload", &now),
        }
    }
}

/// A fault as others see it: place and cause.
fn words(fault: &Diagnostic) -> (String, String) {
    (fault.place.clone(), fault.message.clone())
}

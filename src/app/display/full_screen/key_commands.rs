//! What each key does, and the answers of the run.

use std::io;

use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot::{self, error::TryRecvError};

use super::terminal::Terminal;
use crate::engine::{Command, CommandReply, Done, Initiator, Refused};
use crate::plan::live::Scalar;
use crate::plan::{Change, Setting};
use crate::report::tui::{Look, TABS};
use crate::view::{Phase, RunView};

/// Lines of a page.
const PAGE: usize = 10;

/// What is typed, and what has not been answered.
pub struct KeyCommands {
    commands: UnboundedSender<Command>,
    asked: Option<oneshot::Receiver<Result<Done, Refused>>>,
    stopping: bool,
}

impl KeyCommands {
    pub fn new(commands: UnboundedSender<Command>) -> Self {
        Self {
            commands,
            asked: None,
            stopping: false,
        }
    }

    /// Takes an answer that has come; whether one has.
    pub fn take_answer(&mut self, look: &mut Look) -> bool {
        let Some(asked) = &mut self.asked else {
            return false;
        };
        look.said = match asked.try_recv() {
            Ok(Ok(done)) => done.0,
            Ok(Err(refused)) => refused.to_string(),
            Err(TryRecvError::Empty) => return false,
            Err(TryRecvError::Closed) => "the run is over".to_owned(),
        };
        self.asked = None;
        true
    }

    /// Does what a key says; whether anything is to be drawn anew.
    pub fn handle(
        &mut self,
        event: &Event,
        look: &mut Look,
        view: &RunView,
        terminal: &mut Terminal,
    ) -> io::Result<bool> {
        let key = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => key,
            Event::Resize(..) => return Ok(true),
            _ => return Ok(false),
        };
        if is_control(key, 'z') {
            terminal.suspend()?;
            return Ok(true);
        }
        if is_control(key, 'c') {
            self.stop(look);
            return Ok(true);
        }
        if look.is_typing {
            return Ok(type_filter(key.code, look));
        }
        match key.code {
            KeyCode::Char(digit @ '1'..='6') => look.show(TABS[usize::from(digit as u8 - b'1')].0),
            KeyCode::Tab | KeyCode::Right => look.turn(1),
            KeyCode::BackTab | KeyCode::Left => look.turn(-1),
            KeyCode::Down => look.on(1),
            KeyCode::Up => look.back(1),
            KeyCode::PageDown => look.on(PAGE),
            KeyCode::PageUp => look.back(PAGE),
            KeyCode::Home => look.selected = 0,
            KeyCode::Char('/') => look.is_typing = true,
            KeyCode::Char('s') => look.sort_on(),
            KeyCode::Char('?' | 'h') => look.help = !look.help,
            KeyCode::Esc => {
                (look.help, look.said) = (false, String::new());
                look.filter_by(String::new());
            }
            KeyCode::Char('p') if view.live.phase == Phase::Paused => {
                self.ask(look, Command::Resume)
            }
            KeyCode::Char('p') => self.ask(look, Command::Pause),
            KeyCode::Char('r') => self.ask(look, Command::Reload),
            KeyCode::Char('+' | '=') => self.users(look, view, 1),
            KeyCode::Char('-') => self.users(look, view, -1),
            KeyCode::Char('q') => self.stop(look),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The first time in order, then at once.
    fn stop(&mut self, look: &mut Look) {
        let (command, said) = match std::mem::replace(&mut self.stopping, true) {
            false => (
                Command::Stop(Initiator::Terminal),
                "the run ends: users finish their requests and stop; q again ends it at once",
            ),
            true => (Command::Abort, "the run ends at once"),
        };
        let sent = self.commands.send(command);
        look.said = if sent.is_ok() {
            said
        } else {
            "the run is over"
        }
        .to_owned();
    }

    /// A tenth more users, or fewer; at least one.
    fn users(&mut self, look: &mut Look, view: &RunView, sign: i64) {
        let now = i64::from(view.settings.users);
        let target = (now + sign * (now / 10).max(1)).max(1);
        let mut change = Change::default();
        let target = Scalar::Whole(i128::from(target));
        match change.read(Setting::Users.name(), target) {
            Ok(()) => self.ask(look, |answer| Command::Set(change, answer)),
            Err(fault) => look.said = fault.to_string(),
        }
    }

    fn ask(&mut self, look: &mut Look, command: impl FnOnce(CommandReply) -> Command) {
        let (answer, asked) = oneshot::channel();
        let sent = self
            .commands
            .send(command(CommandReply::new(Initiator::Terminal, answer)));
        look.said = if sent.is_ok() {
            "asked ..."
        } else {
            "the run is over"
        }
        .to_owned();
        self.asked = sent.is_ok().then_some(asked);
    }
}

/// Adds a letter to the filter, or ends it; whether anything is to be drawn anew.
fn type_filter(key: KeyCode, look: &mut Look) -> bool {
    let mut filter = look.filter.clone();
    match key {
        KeyCode::Char(letter) => filter.push(letter),
        KeyCode::Backspace => drop(filter.pop()),
        KeyCode::Enter => look.is_typing = false,
        KeyCode::Esc => (look.is_typing, filter) = (false, String::new()),
        KeyCode::Down => look.on(1),
        KeyCode::Up => look.back(1),
        _ => return false,
    }
    if filter != look.filter {
        look.filter_by(filter);
    }
    true
}

fn is_control(key: &KeyEvent, letter: char) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char(letter)
}

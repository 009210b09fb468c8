//! The real program, started as a user starts it, against real servers: what it sends, says and answers with.

mod bad_input;
mod broken_answers;
mod clean_later;
mod clean_order;
mod cleanup;
mod control;
mod counts;
mod crowd;
mod crowd_script;
mod demo;
mod down;
pub(crate) mod folder;
mod forget;
mod full_disk;
mod full_screen;
mod generator;
mod hands;
mod ids;
mod keys;
mod killed;
mod linger;
mod needs;
mod neighbours;
mod no_place;
mod noticed;
mod plan_lines;
mod probe;
pub(crate) mod program;
mod provider;
mod reach;
mod reload;
mod saves;
mod secrets;
pub(crate) mod service;
mod sight;
mod spared;
mod starved;
mod stop;
pub(crate) mod target;
mod terminal;
mod unsent;
mod valve;
mod words;

use folder::Folder;
use program::{Ended, Program, throng};
use service::Service;
use target::{Answer, Target};

/// A type of one step, without pauses, that makes this many requests a session.
fn browsing(requests: u32) -> String {
    format!(
        "return {{ requests = {requests}, think = 0, steps = {{ {{ 1, function() http.get '/page' end }} }} }}"
    )
}

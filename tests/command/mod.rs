//! The real program, started as a user starts it, against real servers: what it sends, says and answers with.

mod bad_input;
mod broken_answers;
mod clean_later;
mod clean_order;
mod cleanup;
mod control;
mod counts;
mod coverage;
mod coverage_repeated;
mod crowd;
mod crowd_script;
mod deleted_by_user;
mod demo;
mod down;
mod exit_codes;
mod follow;
mod forget;
mod full_disk;
mod full_screen;
mod generator;
mod hands;
mod history;
mod ids;
mod import_fit;
mod import_openapi;
mod import_recordings;
mod import_sources;
mod inspect;
mod keys;
mod killed;
mod linger;
mod needs;
mod neighbours;
mod next;
mod no_place;
mod noticed;
mod own_shapes;
mod plan_file;
mod plan_lines;
mod probe;
mod provider;
mod reach;
mod recipe_gaps;
mod recipes;
mod reload;
mod reports;
mod same_verdict;
mod saves;
mod search;
mod secrets;
mod shapes;
mod sight;
mod spared;
mod starved;
mod steps;
mod stop;
mod terminal;
mod thresholds;
mod trace_context;
mod try_end;
mod try_one;
mod unsent;
mod valve;
mod words;

use crate::support::program::{Ended, Program, throng};
use crate::support::scripts::Folder;
use crate::support::service::Service;
use crate::support::target::{Answer, Target};
use crate::support::{program, service, target};

/// A type of one step, without pauses, that makes this many requests a session.
fn browsing(requests: u32) -> String {
    format!(
        "return {{ requests = {requests}, think = 0, steps = {{ {{ 1, function() http.get '/page' end }} }} }}"
    )
}

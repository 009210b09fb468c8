//! The composition root: puts the rooms together for each command.
//!
//! In: the command line and the environment. Out: what is printed, and an exit code. Nothing else knows it; it holds no
//! rule of a run itself.

mod authoring;
mod cleanup;
mod cluster;
mod ctl;
mod demo;
mod destination;
mod display;
mod document_source;
mod history;
mod http_settings;
mod key_file;
mod look;
mod man;
mod nats_server;
mod process;
mod replay;
mod run;
mod service;
mod state_dir;
mod testing;
mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cli::{self, Environment, Refusal, Request};
use crate::text;
use process::{open_files, output};

pub use process::exit::{FAILED, INTERRUPTED, REJECTED, SUCCESS, USAGE};

/// Runs the program: `args` as the shell gave them, the first is the program's name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut request = match cli::parse(args, &Environment::look(run::read_plan_file)) {
        Ok(request) => request,
        Err(refusal) => return refuse(&refusal),
    };
    open_files::raise_limit();
    look_at_variables(&mut request);
    let done = match request {
        Request::Run(resolved) => run::run(*resolved, state_dir::LedgerPlace::File),
        Request::Demo(resolved) => demo::run(*resolved),
        Request::Service(options) => service::run(*options),
        Request::Ctl(ctl) => ctl::run(*ctl),
        Request::Worker(config) => worker::run(*config),
        Request::Cluster(command) => cluster::run(*command),
        Request::Cleanup(cleanup) => cleanup::run(*cleanup),
        Request::Runs(runs) => history::runs(*runs),
        Request::Show(show) => history::show(*show),
        Request::Compare(compare) => history::compare(*compare),
        Request::Check(check) => run::check(*check),
        Request::Test(test) => testing::run(*test),
        Request::Api(api) => authoring::api(api),
        Request::Init(init) => authoring::init(&init),
        Request::New(new) => authoring::new(&new),
        Request::Replay(replay) => replay::run(*replay),
        Request::Completions(shell) => {
            output::print(&cli::completions(shell)).map(|()| ExitCode::from(SUCCESS))
        }
        Request::Man(folder) => man::write(&folder),
    };
    done.unwrap_or_else(|failure| {
        output::complain(&format!("error: {failure}"));
        failure.code()
    })
}

/// What is to be said of variables that nothing reads: a run says it in its log.
fn look_at_variables(request: &mut Request) {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let strange = cli::unknown_variables(request, names);
    match request {
        Request::Run(resolved) | Request::Demo(resolved) => resolved.unknown_variables = strange,
        Request::Check(check) => check.run.unknown_variables = strange,
        Request::Completions(_) | Request::Man(_) => {}
        _ => strange
            .iter()
            .for_each(|words| output::complain(&format!("warning: {words}"))),
    }
}

fn refuse(refusal: &Refusal) -> ExitCode {
    match refusal {
        Refusal::Usage(words) => {
            let plain = words.render().to_string();
            if words.use_stderr() && matches!(text::page(&plain), std::borrow::Cow::Owned(_)) {
                // It quotes what was typed.
                output::complain(plain.trim_end());
            } else {
                // Where even stderr is closed there is nobody to tell.
                let _ = words.print();
            }
            ExitCode::from(u8::try_from(words.exit_code()).unwrap_or(USAGE))
        }
        Refusal::Invalid(_) => {
            output::complain(&format!("error: {refusal}"));
            ExitCode::from(USAGE)
        }
    }
}

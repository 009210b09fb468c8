//! `throng cluster up`: a NATS server and workers on this machine, for as long as this process lives.
//!
//! In: how many workers. Out: processes, the line to type on stdout, what they say on stderr, an exit code. Must never know:
//! how a run is led.

mod folder;
mod processes;
mod server;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::app::cluster::bound;
use crate::app::process::clock;
use crate::app::process::exit::{Failure, SUCCESS};
use crate::app::process::output::{complain, print};
use crate::app::process::signals::{self, Signals};
use crate::cli::ClusterUp;
use crate::cluster;
use folder::Folder;
use processes::Process;
use server::Started;

/// How long workers may take to begin to wait for a run.
const READY: Duration = Duration::from_secs(30);

/// How long workers may take to end: one in a run sends what it has counted, which may take 12 s.
const WORKERS_END: Duration = Duration::from_secs(15);

/// How long the server may take to end.
const SERVER_ENDS: Duration = Duration::from_secs(5);

/// How often it is looked whether all of them are there.
const LOOK: Duration = Duration::from_millis(200);

/// How long a run may take to end after its workers: longer than its coordinator waits for their last reports.
const RUNS_END: Duration = Duration::from_secs(20);

/// Variables of workers that others set for workers of another server.
const OTHERS: [&str; 10] = [
    "THRONG_NATS",
    "THRONG_NATS_CREDS",
    "THRONG_NATS_NKEY",
    "THRONG_NATS_CA",
    "THRONG_NATS_CERT",
    "THRONG_NATS_KEY",
    "THRONG_WORKER_NAME",
    "THRONG_WORKER_INDEX",
    "THRONG_WORKER_ONCE",
    "THRONG_WORKER_WAIT",
];

/// Starts them, and ends them after a signal.
///
/// # Errors
/// When they cannot be started, or the server or all of the workers end by themselves.
pub fn run(config: &ClusterUp) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    signals::end_by_the_second().map_err(anyhow::Error::from)?;
    let folder = Folder::new().map_err(|why| {
        let within = std::env::temp_dir();
        let within = within.display();
        Failure::Run(format!(
            "cannot create a folder for the cluster in {within}: {why}; set TMPDIR to another one"
        ))
    })?;
    let mut signals = {
        let _entered = runtime.enter();
        Signals::open().map_err(anyhow::Error::from)?
    };
    let started = server::start(config.nats_server.as_deref(), &folder)?;
    let mut up = Cluster {
        workers: Vec::new(),
        nats: started,
    };
    let done = runtime.block_on(async {
        tokio::select! {
            done = up.serve(config) => done,
            _ = signals.next() => Ok(()),
        }
    });
    up.end_workers();
    runtime.block_on(up.end_runs());
    up.end_server();
    done.map(|()| ExitCode::from(SUCCESS))
}

/// The processes; those of the workers are ended first.
struct Cluster {
    workers: Vec<Process>,
    nats: Started,
}

impl Cluster {
    /// Until the server or all of the workers have ended.
    async fn serve(&mut self, config: &ClusterUp) -> Result<(), Failure> {
        cluster::prepare(&self.nats.server, clock::of_a_run()).await?;
        for index in 0..config.workers {
            let worker = self.start(index, config);
            self.workers.push(worker.map_err(anyhow::Error::from)?);
        }
        let until = Instant::now() + READY;
        while cluster::list(&self.nats.server).await?.workers.len() < self.workers.len() {
            self.look()?;
            if self.workers.len() < config.workers {
                let why = "not every worker could be started; see its log above";
                return Err(Failure::Run(why.to_owned()));
            }
            if Instant::now() >= until {
                let seconds = READY.as_secs();
                let why = format!("not every worker is there after {seconds} s");
                return Err(Failure::Run(why));
            }
        }
        complain(&format!(
            "{} worker(s) wait for a run; Ctrl-C ends them and the server",
            self.workers.len()
        ));
        print(&format!(
            "throng run --nats {} --nats-nkey {} --workers {}\n",
            self.nats.server.url,
            self.nats.seed.display(),
            config.workers
        ))?;
        loop {
            tokio::time::sleep(LOOK).await;
            self.look()?;
        }
    }

    fn start(&self, index: usize, config: &ClusterUp) -> std::io::Result<Process> {
        let name = format!("w{index}");
        let mut command = bound::command(std::env::current_exe()?)?;
        command
            .args(["worker", "--nats", &self.nats.server.url, "--name", &name])
            .args(["--threads", &config.threads.to_string()])
            .arg("--nats-nkey")
            .arg(&self.nats.seed);
        if let Some(folder) = &config.state_dir {
            command.arg("--state-dir").arg(folder);
        }
        for variable in OTHERS {
            command.env_remove(variable);
        }
        Process::start(name, command, |_| true)
    }

    /// Looks who has ended.
    fn look(&mut self) -> Result<(), Failure> {
        if let Some(status) = self.nats.process.ended() {
            let why = format!("the NATS server exited ({status})");
            return Err(Failure::Run(why));
        }
        let before = self.workers.len();
        self.workers.retain_mut(|worker| match worker.ended() {
            Some(status) => {
                complain(&format!("worker {} exited ({status})", worker.name));
                false
            }
            None => true,
        });
        match self.workers.len() {
            0 if before > 0 => Err(Failure::Run("all workers have exited".to_owned())),
            _ => Ok(()),
        }
    }

    /// Ends the workers, which report to the server until they end.
    fn end_workers(&mut self) {
        self.workers.iter().for_each(Process::ask_to_end);
        let until = Instant::now() + WORKERS_END;
        self.workers.iter_mut().for_each(|one| one.end_by(until));
    }

    /// Coordinators read what workers reported last.
    async fn end_runs(&mut self) {
        if self.nats.process.ended().is_some() {
            return;
        }
        let over = cluster::until_no_run_is_led(&self.nats.server);
        match tokio::time::timeout(RUNS_END, over).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => complain(&format!("warning: {why}")),
            Err(_) => complain(&format!(
                "warning: a run is not over {} s after its workers; the server ends all the same",
                RUNS_END.as_secs()
            )),
        }
    }

    fn end_server(&mut self) {
        self.nats.process.ask_to_end();
        self.nats.process.end_by(Instant::now() + SERVER_ENDS);
    }
}

//! Follows pages as a reader does: writes their files, types their commands, and compares what is printed.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::blocks::{self, Step, Typed};
use super::output;
use crate::support::patience::{PATIENCE, wait_for};
use crate::support::program::{self, FAST};

/// Where pages say that the demo service listens.
const SERVICE: &str = "127.0.0.1:9501";

/// A reader with a folder of its own and a demo service.
pub struct Reader {
    folder: tempfile::TempDir,
    service: program::Run,
    address: String,
    /// Where `cd` has led to, below the folder in which pages begin.
    place: std::path::PathBuf,
    running: Vec<Running>,
}

/// A command that goes on in another terminal. It is killed when its test gives up.
struct Running {
    typed: Typed,
    child: Child,
    output: std::path::PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reader {
    pub fn new() -> Self {
        let service = program::throng(["service", "--listen", "127.0.0.1:0"]).start();
        let line = service.wait_on_stdout("user service on http://");
        let address = line.split("http://").nth(1).unwrap().trim().to_owned();
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "home", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let throng = env!("CARGO_BIN_EXE_throng");
        std::os::unix::fs::symlink(throng, folder.path().join("bin/throng")).unwrap();
        Self {
            folder,
            service,
            address,
            place: std::path::PathBuf::new(),
            running: Vec::new(),
        }
    }

    /// Does all that a page says. What still runs at its end is stopped with Ctrl-C.
    pub fn follow(&mut self, page: &Path) {
        let text = fs::read_to_string(page).unwrap();
        let place = page.display();
        let mut code = 0;
        for step in blocks::steps(&text) {
            match step {
                Step::Write { file, text } => self.write(&file, &text),
                Step::Start(typed) => self.start(typed),
                // It runs already.
                Step::Type(typed) if typed.command == "throng service" => {}
                Step::Type(typed) if typed.command.starts_with("cd ") => {
                    self.enter(&typed.command[3..])
                }
                Step::Type(typed) => {
                    let (printed, ended) = self.run(&typed, code);
                    let command = &typed.command;
                    if let Some(line) = output::missing(&typed.shown, &printed) {
                        panic!("{place}: `{command}` did not print: {line}\nbut:\n{printed}");
                    }
                    let fine = ended == 0 || typed.code_is_asked;
                    assert!(fine, "{place}: `{command}` ended with {ended}:\n{printed}");
                    if command == "echo $?" {
                        let shown = typed.shown.join("");
                        assert_eq!(printed.trim(), shown.trim(), "{place}: the exit code");
                    }
                    code = ended;
                }
            }
        }
        for mut running in std::mem::take(&mut self.running) {
            running.end(&place.to_string());
        }
    }

    fn here(&self, text: &str) -> String {
        text.replace(SERVICE, &self.address)
    }

    /// The folder in which the reader is.
    fn work(&self) -> std::path::PathBuf {
        self.folder.path().join("work").join(&self.place)
    }

    /// A shell of its own runs each command, so that `cd` is done here for those that follow.
    fn enter(&mut self, folder: &str) {
        self.place.push(folder);
        assert!(self.work().is_dir(), "cd {folder}: there is no such folder");
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.work().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, self.here(text)).unwrap();
    }

    /// What it prints on both streams, and its exit code. What asks how a run stands asks until that is as the page says.
    fn run(&self, typed: &Typed, code_before: i32) -> (String, i32) {
        let line = format!("(exit {code_before}); {}", self.here(&typed.command));
        let once = || {
            let file = self.folder.path().join("printed");
            let mut child = self.shell(&line, &file);
            let ended = wait_for(
                || child.try_wait().unwrap(),
                || format!("`{}` does not end", typed.command),
            );
            let printed = fs::read_to_string(&file).unwrap();
            (printed, ended.code().unwrap_or(-1))
        };
        let command = typed.command.as_str();
        let asks = ["throng ctl status", "throng ctl versions"].contains(&command)
            || command.ends_with(" --last");
        let until = std::time::Instant::now() + PATIENCE;
        loop {
            let (printed, code) = once();
            let is_shown = output::missing(&typed.shown, &printed).is_none();
            if !asks || (is_shown && code == 0) || std::time::Instant::now() > until {
                return (printed, code);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    fn start(&mut self, typed: Typed) {
        let name = format!("running-{}", self.running.len());
        let output = self.folder.path().join(name);
        let line = format!("exec {}", self.here(&typed.command));
        let child = self.shell(&line, &output);
        let seen = || fs::read_to_string(&output).unwrap();
        wait_for(
            || seen().contains("control at http://").then_some(()),
            || format!("`{}` does not start:\n{}", typed.command, seen()),
        );
        self.running.push(Running {
            typed,
            child,
            output,
        });
    }

    fn shell(&self, line: &str, output: &Path) -> Child {
        let folder = self.folder.path();
        let output = File::create(output).unwrap();
        let path = format!(
            "{}:/usr/local/bin:/usr/bin:/bin",
            folder.join("bin").display()
        );
        Command::new("/usr/bin/env")
            .args(["--default-signal=HUP", "--default-signal=INT"])
            .args(["bash", "-c", line])
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder.join("home"))
            .env("XDG_RUNTIME_DIR", folder.join("home"))
            .env("THRONG_LISTEN", "127.0.0.1:0")
            .env("THRONG_CLOCK_SPEED", FAST.to_string())
            .current_dir(self.work())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.running.clear();
        self.service.signal("TERM");
    }
}

impl Running {
    fn end(&mut self, place: &str) {
        let command = self.typed.command.clone();
        // One that a command of the page has ended is not there any more.
        let _ = Command::new("sh")
            .args(["-c", &format!("kill -INT {}", self.child.id())])
            .stderr(Stdio::null())
            .status();
        let ended = wait_for(
            || self.child.try_wait().unwrap(),
            || format!("{place}: `{command}` does not end"),
        );
        let printed = fs::read_to_string(&self.output).unwrap();
        assert!(ended.success(), "{place}: `{command}`: {ended}\n{printed}");
        if let Some(line) = output::missing(&self.typed.shown, &printed) {
            panic!("{place}: `{command}` did not print: {line}\nbut:\n{printed}");
        }
    }
}

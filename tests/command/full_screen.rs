//! `--tui` on a real terminal: that of tmux.

use std::process::Command;
use std::time::{Duration, Instant};

use super::program::FAST;
use super::{Answer, Folder, Target};
use crate::support::patience::{until, wait_for};

/// A terminal with a shell in it, and its own server of tmux.
struct Terminal {
    socket: String,
}

impl Terminal {
    fn open(folder: &Folder) -> Self {
        let socket = folder.root().join("tmux").display().to_string();
        let terminal = Self { socket };
        terminal.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "120",
            "-y",
            "40",
            "env PS1='$ ' HISTFILE= bash --norc -i",
        ]);
        terminal.until("a shell", |text| text.contains('$'));
        terminal
    }

    fn tmux(&self, words: &[&str]) -> String {
        let done = Command::new("tmux")
            .args(["-S", &self.socket])
            .args(words)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{words:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    fn line(&self, text: &str) {
        self.press(&["-l", text]);
        self.press(&["Enter"]);
    }

    fn until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let text = || self.tmux(&["capture-pane", "-p"]);
        wait_for(
            || Some(text()).filter(|text| is_so(text)),
            || format!("never {what}:\n{}", text()),
        )
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux")
            .args(["-S", &self.socket, "kill-server"])
            .output();
    }
}

impl Terminal {
    /// Waits until the shell asks again; what is typed before belongs to the program.
    fn until_the_shell_asks(&self) -> String {
        let asks = |text: &str| text.trim_end().lines().last() == Some("$");
        self.until("the shell", asks)
    }

    /// The shell asks again, and tells the code.
    fn has_ended_with(&self, code: i32) {
        self.until_the_shell_asks();
        self.line("echo ended $?");
        self.until("its code", |text| text.contains(&format!("ended {code}")));
    }

    /// It echoes and breaks lines as before, and shows no view any more.
    fn is_usual(&self) {
        self.line("stty -a | grep -o ' icanon\\| echo ' | wc -l");
        let text = self.until("a usual terminal", |text| {
            text.lines().any(|line| line.trim() == "2")
        });
        assert!(!text.contains("[1 overview]"), "{text}");
    }
}

fn run(base_url: &str, folder: &Folder, words: &str) -> String {
    format!(
        "THRONG_CLOCK_SPEED={FAST} {} run --tui --continuous --ramp 0 --base-url {base_url} --script-dir {} --state-dir {} {words}",
        env!("CARGO_BIN_EXE_throng"),
        folder.path().display(),
        folder.root().join("state").display(),
    )
}

/// Twenty users on a full screen.
fn started() -> (Target, Folder, Terminal) {
    let target = Target::new(|_| Answer::ok());
    let folder = Folder::of(
        "one",
        "return { think = 0.2, requests = 1000000, step = function() http.get '/page' end }",
    );
    let terminal = Terminal::open(&folder);
    terminal.line(&run(
        &target.url(),
        &folder,
        "--users 20 --listen 127.0.0.1:0",
    ));
    (target, folder, terminal)
}

#[test]
fn a_signal_ends_it_in_order_and_every_tab_fits_the_screen() {
    for (signal, width, height) in [("TERM", "200", "50"), ("INT", "80", "24")] {
        let (_target, folder, terminal) = started();
        terminal.tmux(&["resize-window", "-x", width, "-y", height]);
        let tabs = [
            ("2", "[2 endpoints]"),
            ("3", "[3 steps]"),
            ("4", "[4 types]"),
            ("5", "[5 failures]"),
            ("6", "[6 scripts]"),
            ("1", "[1 overview]"),
        ];
        terminal.until("the crowd", |text| text.contains("20 of 20"));
        for (key, title) in tabs {
            terminal.press(&[key]);
            let text = terminal.until(title, |text| text.contains(title));
            assert!(text.lines().count() <= height.parse().unwrap(), "{text}");
        }
        let state = folder.root().join("state").display().to_string();
        let found = Command::new("pgrep").args(["-f", &state]).output().unwrap();
        let ids = String::from_utf8_lossy(&found.stdout).into_owned();
        let [id] = ids.lines().collect::<Vec<_>>()[..] else {
            panic!("one process: {ids}");
        };
        let sent = Command::new("kill").args(["-s", signal, id]).status();
        assert!(sent.unwrap().success());
        terminal.has_ended_with(0);
        terminal.is_usual();
    }
}

#[test]
fn a_second_q_ends_it_at_once() {
    // A target that never answers: after the first q the requests under way are waited for.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = Folder::of("one", "return { step = function() http.get '/page' end }");
    let terminal = Terminal::open(&folder);
    let url = format!("http://{}", silent.local_addr().unwrap());
    terminal.line(&run(&url, &folder, "--users 5 --no-listen"));
    terminal.until("the crowd", |text| text.contains("5 of 5"));
    let _under_way = silent.accept().unwrap();
    terminal.press(&["q"]);
    terminal.until("stopping", |text| text.contains("throng  stopping"));
    let began = Instant::now();
    terminal.press(&["q"]);
    terminal.has_ended_with(130);
    assert!(began.elapsed() < Duration::from_secs(10), "at once");
    terminal.is_usual();
}

#[test]
fn a_terminal_that_goes_away_ends_the_run_in_order() {
    let target = Target::new(|_| Answer::ok());
    let script =
        "return { think = 0.2, requests = 1000000, step = function() http.get '/page' end }";
    let folder = Folder::of("one", script);
    let terminal = Terminal::open(&folder);
    let file = folder.root().join("out.json");
    let words = format!("--users 5 --no-listen --summary-json {}", file.display());
    terminal.line(&run(&target.url(), &folder, &words));
    terminal.until("the crowd", |text| text.contains("5 of 5"));
    drop(terminal);
    until("its end", || file.exists());
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(summary["sessions"]["interrupted"], 5);
    // And the process is gone: no thread of it turns round on the terminal.
    let state = folder.root().join("state").display().to_string();
    let is_there = || {
        Command::new("pgrep")
            .args(["-f", &state])
            .output()
            .unwrap()
            .status
            .success()
    };
    until("it gone", || !is_there());
}

#[test]
fn it_is_steered_by_keys_and_gives_the_terminal_back() {
    let (_target, _folder, terminal) = started();
    terminal.until("the overview", |text| {
        text.contains("[1 overview]") && text.contains("20 of 20")
    });
    terminal.press(&["2"]);
    terminal.until("the endpoints", |text| {
        text.contains("[2 endpoints]") && text.contains("GET    /page")
    });
    terminal.press(&["+"]);
    terminal.until("more users", |text| text.contains("users 20 -> 22"));
    terminal.press(&["p"]);
    terminal.until("a pause", |text| text.contains("throng  paused"));
    terminal.tmux(&["resize-window", "-x", "90", "-y", "24"]);
    terminal.until("the smaller view", |text| {
        text.lines().any(|line| line.starts_with("throng  paused")) && text.lines().count() <= 24
    });
    terminal.press(&["C-z"]);
    let text = terminal.until_the_shell_asks();
    assert!(text.contains("Stopped"), "{text}");
    terminal.line("fg");
    terminal.until("the view again", |text| text.contains("[2 endpoints]"));
    terminal.press(&["p"]);
    terminal.until("going on", |text| text.contains("throng  running"));
    terminal.press(&["q"]);
    let text = terminal.until_the_shell_asks();
    assert!(!text.contains("[2 endpoints]"), "{text}");
    terminal.has_ended_with(0);
    terminal.is_usual();
}

/// A person who waits for a user to think sees once how not to wait.
#[test]
fn a_try_says_in_a_terminal_how_its_pauses_are_left_out() {
    let target = Target::new(|_| Answer::ok());
    let folder = Folder::of(
        "one",
        "return { think = 6, requests = 2, step = function() http.get '/page' end }",
    );
    let hint = "the user pauses for 6 s; --think-factor 0 leaves pauses out";
    let line = |words: &str| {
        format!(
            "THRONG_CLOCK_SPEED={FAST} {} try one --base-url {} --script-dir {} {words}",
            env!("CARGO_BIN_EXE_throng"),
            target.url(),
            folder.path().display(),
        )
    };
    let terminal = Terminal::open(&folder);
    terminal.line(&line(""));
    let text = terminal.until("the end", |text| text.contains("2 steps, 2 requests"));
    assert_eq!(text.matches(hint).count(), 1, "{text}");
    terminal.until_the_shell_asks();
    terminal.line(&format!("clear; {}", line("--think-factor 0")));
    terminal.until("the end without a hint", |text| {
        text.contains("2 steps, 2 requests") && !text.contains(hint)
    });
    // A file is no terminal.
    let ended = super::throng(["try", "one", "--base-url", &target.url(), "--script-dir"])
        .arg(folder.path())
        .fast()
        .end()
        .with_code(0);
    assert!(!ended.stderr.contains("--think-factor"), "{}", ended.stderr);
}

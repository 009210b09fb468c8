//! `--tui` on a real terminal: that of tmux.

use std::process::Command;
use std::time::{Duration, Instant};

use super::{Answer, Folder, Target};

const PATIENCE: Duration = Duration::from_secs(30);

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
        let until = Instant::now() + PATIENCE;
        loop {
            let text = self.tmux(&["capture-pane", "-p"]);
            if is_so(&text) {
                return text;
            }
            assert!(Instant::now() < until, "never {what}:\n{text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux")
            .args(["-S", &self.socket, "kill-server"])
            .output();
    }
}

#[test]
fn it_is_steered_by_keys_and_gives_the_terminal_back() {
    let target = Target::new(|_| Answer::ok());
    let folder = Folder::of(
        "one.lua",
        "return { think = 0.05, requests = 1000000, step = function() http.get '/page' end }",
    );
    let terminal = Terminal::open(&folder);
    let line = format!(
        "{} run --tui --continuous --users 20 --ramp 0 --base-url {} --script-dir {} --listen 127.0.0.1:0 --state-dir {}",
        env!("CARGO_BIN_EXE_throng"),
        target.url(),
        folder.path().display(),
        folder.root().join("state").display(),
    );
    terminal.line(&line);
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
        text.lines()
            .next()
            .is_some_and(|line| line.contains("paused"))
            && text.lines().count() <= 24
    });
    terminal.press(&["C-z"]);
    terminal.until("the shell", |text| text.contains("Stopped"));
    terminal.line("fg");
    terminal.until("the view again", |text| text.contains("[2 endpoints]"));
    terminal.press(&["p"]);
    terminal.until("going on", |text| text.contains("throng  running"));
    terminal.press(&["q"]);
    terminal.until("the summary", |text| {
        text.contains("by terminal") || text.contains("stop ")
    });
    terminal.line("echo ended $?");
    let text = terminal.until("the end", |text| text.contains("ended 0"));
    assert!(!text.contains("[2 endpoints]"), "{text}");
    // The terminal echoes and breaks lines as before.
    terminal.line("stty -a | grep -o ' icanon\\| echo ' | wc -l");
    terminal.until("a usual terminal", |text| {
        text.lines().any(|line| line.trim() == "2")
    });
}

//! The fenced blocks of a page, as something to do: files to write and commands to type.
//!
//! ```` ```lua scripts/reader.lua ```` is a file to write. ```` ```console ```` holds commands after `$ `, each followed by what
//! it prints; in ```` ```console running ```` it goes on while the rest of the page is done. Other blocks are only read.

#[derive(Debug, PartialEq)]
pub enum Step {
    Write { file: String, text: String },
    Type(Typed),
    Start(Typed),
}

/// A command with the lines that the page shows below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    pub command: String,
    pub shown: Vec<String>,
    /// Whether the next command asks for the exit code, so that it need not be 0.
    pub code_is_asked: bool,
}

/// What comes after the three accents, and the lines up to the closing ones.
pub fn blocks(page: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found = Vec::new();
    let mut inside: Option<(&str, Vec<&str>)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut inside) {
            (Some(info), None) => inside = Some((info.trim(), Vec::new())),
            (Some(_), Some(_)) => found.extend(inside.take()),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    found
}

/// The lines of a block without those that end in a backslash: each of these is one with the next.
pub fn joined(lines: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for line in lines {
        match joined.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => {
                last.pop();
                last.push_str(line.trim());
            }
            None => joined.push(line.trim().to_owned()),
        }
    }
    joined
}

/// The commands of a console, with lines that end in a backslash joined.
pub fn commands(lines: &[&str]) -> Vec<Typed> {
    let mut commands: Vec<Typed> = Vec::new();
    for line in lines {
        if let Some(command) = line.strip_prefix("$ ") {
            if let Some(before) = commands.last_mut() {
                before.code_is_asked = command == "echo $?";
            }
            commands.push(Typed {
                command: command.to_owned(),
                shown: Vec::new(),
                code_is_asked: false,
            });
        } else if let Some(last) = commands.last_mut() {
            match last.command.strip_suffix('\\') {
                Some(start) => last.command = format!("{start}{}", line.trim_start()),
                None => last.shown.push((*line).to_owned()),
            }
        }
    }
    commands
}

/// The files that a page has its reader write.
pub fn written(page: &str) -> Vec<String> {
    let steps = steps(page).into_iter();
    steps
        .filter_map(|step| match step {
            Step::Write { file, .. } => Some(file),
            _ => None,
        })
        .collect()
}

pub fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for (info, lines) in blocks(page) {
        match info.split_once(' ').unwrap_or((info, "")) {
            ("console", "running") => steps.extend(commands(&lines).into_iter().map(Step::Start)),
            ("console", _) => steps.extend(commands(&lines).into_iter().map(Step::Type)),
            (_, "") => {}
            (_, file) => steps.push(Step::Write {
                file: file.to_owned(),
                text: lines.join("\n") + "\n",
            }),
        }
    }
    steps
}

#[test]
fn blocks_become_steps() {
    let page = "\
a
```lua scripts/a.lua
return {}
```
```console running
$ throng run \\
    --users 2
```
```console
$ throng plan
users 2
$ echo $?
5
```
```sh
docker ps
```
";
    let typed = |command: &str, shown: &[&str], code_is_asked| Typed {
        command: command.to_owned(),
        shown: shown.iter().map(|line| (*line).to_owned()).collect(),
        code_is_asked,
    };
    assert_eq!(
        steps(page),
        [
            Step::Write {
                file: "scripts/a.lua".to_owned(),
                text: "return {}\n".to_owned()
            },
            Step::Start(typed("throng run --users 2", &[], false)),
            Step::Type(typed("throng plan", &["users 2"], true)),
            Step::Type(typed("echo $?", &["5"], false)),
        ]
    );
}

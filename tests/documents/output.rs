//! Whether a command printed what its page shows: the words are compared, not the figures.

/// Words of a shown line that are compared; what follows may be cut in the page.
const COMPARED: usize = 5;

const UNITS: [&str; 8] = ["µs", "ms", "s", "min", "h", "B", "kB", "MB"];

/// The first line of the page that the output lacks. The others are there in their order, with anything between them.
pub fn missing<'a>(shown: &'a [String], output: &str) -> Option<&'a str> {
    // On a busy machine the verdict on the generator takes the place of the one on the target.
    let busy = output.contains("enerator overloaded") || output.contains("Figures of the run are");
    let mut lines = output.lines();
    shown
        .iter()
        .filter(|line| !(busy && line.starts_with('✓')))
        .find(|line| {
            let words = compared(line);
            !words.is_empty() && !lines.any(|line| holds(line, &words))
        })
        .map(String::as_str)
}

/// Words without figures and units: those differ from run to run.
fn compared(line: &str) -> Vec<&str> {
    line.split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic))
        .filter(|word| !word.chars().any(|sign| sign.is_ascii_digit()))
        .filter(|word| !UNITS.contains(&word.trim_matches([',', '.', ';', ':', '(', ')'])))
        .take(COMPARED)
        .collect()
}

fn holds(line: &str, words: &[&str]) -> bool {
    let mut there = line.split_whitespace();
    words.iter().all(|word| there.any(|other| other == *word))
}

#[test]
fn words_are_compared_and_figures_are_not() {
    let shown =
        |lines: &[&str]| -> Vec<String> { lines.iter().map(|line| (*line).to_owned()).collect() };
    let output =
        "run 1f of 3 users\nnoise\n✓ Nothing was wrong: 7 requests in 2 s\nat 3 s reload\n";
    let page = shown(&[
        "run 2a of 5 users",
        "...",
        "✓ Nothing was wrong: 900 requests in 9 min",
    ]);
    assert_eq!(missing(&page, output), None);
    let page = shown(&["✓ Nothing was wrong: 1", "run 2a of 5 users"]);
    assert_eq!(missing(&page, output), Some("run 2a of 5 users"));
    let twice = shown(&["at 1 s reload", "at 2 s reload"]);
    assert_eq!(missing(&twice, output), Some("at 2 s reload"));
    let busy = "run 1f of 3 users\n✗ Generator overloaded in 3 of 4 s\n";
    assert_eq!(missing(&page[..1], busy), None);
}

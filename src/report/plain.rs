//! Words from elsewhere - targets, scripts - made harmless.

/// The text on one line, without control characters: what a target answers must neither move
/// the cursor nor colour the terminal.
pub(super) fn line(text: &str) -> String {
    text.trim()
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

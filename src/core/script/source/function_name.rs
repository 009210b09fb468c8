//! The name of a function, read from the line in which it is defined: at run time Lua's functions have none.

use super::lexer::{Token, Tokens};

/// `look_up` for a line such as `local function look_up(user)`, `function shop.look_up(user)` or
/// `look_up = function(user)`. None where the line defines no function with a name, or several functions.
pub fn name_in(text: &[u8], line: usize) -> Option<&str> {
    let line = text
        .split(|byte| *byte == b'\n')
        .nth(line.checked_sub(1)?)?;
    let words: Vec<_> = Tokens::of(line).collect();
    let is_function = |word: &Token<'_>| *word == Token::Name(b"function");
    let at = words.iter().position(is_function)?;
    if words[at + 1..].iter().any(is_function) {
        return None;
    }
    let name = match (&words[..at], &words[at + 1..]) {
        ([.., Token::Name(name), Token::Sign(b'=')], _) => name,
        (_, rest) => {
            let end = rest.iter().position(|word| *word == Token::Sign(b'('))?;
            match rest[..end].last() {
                Some(Token::Name(name)) => name,
                _ => return None,
            }
        }
    };
    std::str::from_utf8(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_definition_names_its_function() {
        for (line, name) in [
            ("local function look_up(user)", Some("look_up")),
            ("function shop.browse(user) -- function", Some("browse")),
            ("function shop:browse()", Some("browse")),
            (
                "  browse = function(user) return 'function' end",
                Some("browse"),
            ),
            ("local shop.edit = function(user)", Some("edit")),
            ("  { 40, function(user) http.get('/') end },", None),
            ("  steps = { { 1, function(user) end } },", None),
            ("local function one() end local function two() end", None),
            ("return http.get", None),
            ("", None),
        ] {
            assert_eq!(name_in(line.as_bytes(), 1), name, "{line}");
        }
        let text = b"-- shop\r\nlocal function buy(user)\r\nend";
        assert_eq!(name_in(text, 2), Some("buy"));
        assert_eq!(name_in(text, 9), None);
        assert_eq!(name_in(text, 0), None);
    }
}

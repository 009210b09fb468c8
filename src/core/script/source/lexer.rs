//! Lua read just far enough to see what it names: names, strings and signs; comments and blanks are left out.

/// One word of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'a> {
    /// A name or a keyword.
    Name(&'a [u8]),
    /// What a string holds; none when it has escapes, which nobody needs to name a module.
    Text(Option<&'a [u8]>),
    /// Any other sign, a number too.
    Sign(u8),
}

/// The words of a source. A source that Lua would refuse gives some words too.
pub struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub fn of(source: &'a [u8]) -> Self {
        Self { rest: source }
    }

    /// Splits off the first `length` bytes.
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn blanks_and_comments(&mut self) {
        loop {
            let blanks = self.run_of(|byte| byte.is_ascii_whitespace() || byte == 0x0b);
            self.take(blanks);
            if !self.rest.starts_with(b"--") {
                return;
            }
            self.take(2);
            if self.long_bracket().is_none() {
                let line = self.run_of(|byte| byte != b'\n');
                self.take(line);
            }
        }
    }

    /// How many of the next bytes are wanted ones.
    fn run_of(&self, wanted: impl Fn(u8) -> bool) -> usize {
        let end = self.rest.iter().position(|byte| !wanted(*byte));
        end.unwrap_or(self.rest.len())
    }

    /// What stands between `[[` and `]]`, or `[==[` and `]==]`; nothing is taken when there is none.
    fn long_bracket(&mut self) -> Option<&'a [u8]> {
        let inside = self.rest.strip_prefix(b"[")?;
        let level = inside.iter().take_while(|byte| **byte == b'=').count();
        if inside.get(level) != Some(&b'[') {
            return None;
        }
        self.take(level + 2);
        let closes = |at: &usize| {
            let close = &self.rest[*at..];
            close.len() >= level + 2
                && close[0] == b']'
                && close[level + 1] == b']'
                && close[1..=level].iter().all(|byte| *byte == b'=')
        };
        let end = (0..self.rest.len()).find(closes);
        let text = self.take(end.unwrap_or(self.rest.len()));
        self.take(level + 2);
        Some(text)
    }

    fn quoted(&mut self, quote: u8) -> Token<'a> {
        self.take(1);
        let (mut end, mut escaped) = (0, false);
        while let Some(byte) = self.rest.get(end) {
            match *byte {
                b'\\' => (end, escaped) = (end + escape(&self.rest[end + 1..]), true),
                b'\n' => break,
                byte if byte == quote => break,
                _ => {}
            }
            end += 1;
        }
        let text = self.take(end);
        self.take(1);
        Token::Text((!escaped).then_some(text))
    }
}

/// How many bytes behind a `\` belong to it in any case: an end of a line may be two, and `z` skips all blanks after it.
fn escape(behind: &[u8]) -> usize {
    match behind {
        [b'z', blanks @ ..] => {
            let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
            1 + blanks.iter().take_while(|byte| is_blank(byte)).count()
        }
        [b'\r', b'\n', ..] | [b'\n', b'\r', ..] => 2,
        _ => 1,
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.blanks_and_comments();
        let first = *self.rest.first()?;
        if first == b'"' || first == b'\'' {
            return Some(self.quoted(first));
        }
        if let Some(text) = self.long_bracket() {
            return Some(Token::Text(Some(without_first_line_end(text))));
        }
        let word = self.run_of(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if first.is_ascii_digit() {
            // The exponent of 0x1p4 and the dot of 1.5 belong to the number, a name behind it does not begin in it.
            self.take(word);
            return Some(Token::Sign(b'0'));
        }
        if word > 0 {
            return Some(Token::Name(self.take(word)));
        }
        self.take(1);
        Some(Token::Sign(first))
    }
}

/// A line end right behind the opening bracket is no part of the string.
fn without_first_line_end(text: &[u8]) -> &[u8] {
    [&b"\r\n"[..], b"\n\r", b"\n", b"\r"]
        .iter()
        .find_map(|end| text.strip_prefix(*end))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    fn names(source: &str) -> Vec<String> {
        let name = |token| match token {
            Token::Name(name) => Some(String::from_utf8_lossy(name).into_owned()),
            _ => None,
        };
        Tokens::of(source.as_bytes()).filter_map(name).collect()
    }

    fn texts(source: &str) -> Vec<Option<String>> {
        let text = |token| match token {
            Token::Text(text) => Some(text.map(|text| String::from_utf8_lossy(text).into_owned())),
            _ => None,
        };
        Tokens::of(source.as_bytes()).filter_map(text).collect()
    }

    #[test]
    fn comments_hold_no_names() {
        assert_eq!(
            names("a -- b\nc --[[ d\n e ]] f --[==[ g ]] h ]==] i"),
            ["a", "c", "f", "i"]
        );
        assert_eq!(names("a --[ b\nc --[=x d\ne"), ["a", "c", "e"]);
        assert_eq!(names("a --[[ never closed"), ["a"]);
    }

    #[test]
    fn strings_hold_no_names() {
        assert_eq!(names(r#"a "b 'c' --" d 'e "f"' g"#), ["a", "d", "g"]);
        assert_eq!(names("a [[ b ]] c [=[ ]] d ]=] e"), ["a", "c", "e"]);
        assert_eq!(
            names("a 'b\\'c' d 'e\\\\' f \"g\\\nh\" i"),
            ["a", "d", "f", "i"]
        );
        assert_eq!(names("a 'never closed\nb"), ["a", "b"]);
        assert_eq!(names("a 'b\\z \n\r\t c' d"), ["a", "d"]);
        assert_eq!(names("a 'b\\\r\nc' d 'e\\\n\rf' g"), ["a", "d", "g"]);
    }

    #[test]
    fn a_number_is_no_name() {
        assert_eq!(names("a = 0x1p4 + 1e5 .. 3.5e1 b"), ["a", "b"]);
        assert_eq!(names("t[a] = b[c[1]]"), ["t", "a", "b", "c"]);
    }

    #[test]
    fn a_string_is_known_unless_it_has_escapes() {
        let known = |text: &str| Some(text.to_owned());
        assert_eq!(
            texts("'a' \"b.c\" [[\nd]] [==[e]]]==] 'f\\x41' ''"),
            [
                known("a"),
                known("b.c"),
                known("d"),
                known("e]]"),
                None,
                known("")
            ]
        );
    }
}

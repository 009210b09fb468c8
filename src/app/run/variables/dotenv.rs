//! Files of variables, as docker and dotenv have them: `KEY=VALUE` lines.

use std::fmt;

/// What is wrong with a file, without the values in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub what: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)
    }
}

/// The pairs of a file, in its order. A blank line or one that begins with `#` says nothing; `export ` before a key too; a
/// value in `"` knows `\n \r \t \" \\ \$` and may have several lines, one in `'` is as it stands; without quotes it ends before ` #`.
///
/// # Errors
/// Every line that is none.
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, Vec<Fault>> {
    let mut reader = Reader {
        // Editors of another system leave a mark at the beginning.
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
        line: 1,
        column: 1,
    };
    let mut pairs = Vec::new();
    let mut faults = Vec::new();
    while !reader.rest.is_empty() {
        match reader.entry() {
            Ok(pair) => pairs.extend(pair),
            Err(fault) => faults.push(fault),
        }
        reader.end_line();
    }
    if faults.is_empty() {
        Ok(pairs)
    } else {
        Err(faults)
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Reader<'a> {
    /// What the line says; the reader stands behind it then, before the line's end.
    fn entry(&mut self) -> Result<Option<(String, String)>, Fault> {
        self.skip_blanks();
        if self.line_rest().is_empty() || self.rest.starts_with('#') {
            return Ok(None);
        }
        if self.line_rest().starts_with("export ") {
            self.advance("export ".len());
            self.skip_blanks();
        }
        let key = self.key()?;
        self.skip_blanks();
        if !self.rest.starts_with('=') {
            return Err(self.fault("there is no = after the key; write KEY=VALUE"));
        }
        self.advance(1);
        self.skip_blanks();
        let value = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = self.quoted(quote)?;
                self.skip_blanks();
                if !self.line_rest().is_empty() && !self.rest.starts_with('#') {
                    return Err(self.fault(
                        "there is text after the closing quote; begin a \
                                           comment with #, or write \\\" for a quote inside",
                    ));
                }
                value
            }
            _ => self.bare(),
        };
        Ok(Some((key, value)))
    }

    fn key(&mut self) -> Result<String, Fault> {
        let all = self.line_rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = all.find(|c| !is_part(c)).unwrap_or(all.len());
        if all.starts_with(|c: char| c.is_ascii_digit()) || length == 0 {
            return Err(self.fault(
                "the key is not a valid name; give it letters, digits and _, and no \
                                   digit at its beginning",
            ));
        }
        let key = all[..length].to_owned();
        self.advance(length);
        match self.rest.chars().next() {
            Some(next) if !matches!(next, '=' | ' ' | '\t' | '\n' | '\r') => Err(self.fault(
                "the key is not a valid name; give it letters, digits and _, and no digit at its \
                 beginning",
            )),
            _ => Ok(key),
        }
    }

    fn bare(&mut self) -> String {
        let line = self.line_rest();
        let comment = if line.starts_with('#') {
            Some(0)
        } else {
            line.find(" #").or_else(|| line.find("\t#"))
        };
        let value = line[..comment.unwrap_or(line.len())].trim_end().to_owned();
        self.advance(line.len());
        value
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let opened = self.fault("the quote opened here is never closed");
        self.advance(1);
        let mut value = String::new();
        loop {
            let Some(next) = self.rest.chars().next() else {
                return Err(opened);
            };
            if next == quote {
                self.advance(1);
                return Ok(value);
            }
            if next == '\\' && quote == '"' {
                let escaped = self.rest[1..].chars().next();
                let meant = match escaped {
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some(same @ ('"' | '\\' | '$')) => same,
                    _ => {
                        return Err(self.fault(
                            "not a valid escape; write \\n \\r \\t \\\" \
                                                \\\\ or \\$, or use single quotes",
                        ));
                    }
                };
                value.push(meant);
                self.advance(2);
                continue;
            }
            value.push(next);
            self.advance(next.len_utf8());
        }
    }

    fn fault(&self, what: &'static str) -> Fault {
        Fault {
            line: self.line,
            column: self.column,
            what,
        }
    }

    fn skip_blanks(&mut self) {
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.advance(blanks);
    }

    /// What is left of the line, without its end.
    fn line_rest(&self) -> &'a str {
        let line = self.rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn end_line(&mut self) {
        let left = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        self.advance(left);
    }

    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        for c in passed.chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        pairs(text).unwrap()
    }

    #[test]
    fn lines_are_read_as_docker_and_dotenv_read_them() {
        for (text, value) in [
            ("A=1", "1"),
            ("A = 1 ", "1"),
            ("export A=1", "1"),
            ("  A=1\r\n", "1"),
            ("\u{feff}A=1", "1"),
            ("A=", ""),
            ("A=# nothing", ""),
            ("A=a b # said", "a b"),
            ("A=a#b", "a#b"),
            ("A=a=b", "a=b"),
            ("A=@file", "@file"),
            ("A=\"a # b\" # said", "a # b"),
            ("A=\"a\\n\\\"b\\\" \\\\ \\$x\"", "a\n\"b\" \\ $x"),
            ("A=\"one\ntwo\"", "one\ntwo"),
            ("A='a \\n $b \"c\"'", "a \\n $b \"c\""),
            ("A=${B}", "${B}"),
            ("A=grün", "grün"),
        ] {
            assert_eq!(read(text), [("A".to_owned(), value.to_owned())], "{text:?}");
        }
        let two = [("A", "1"), ("A", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(read("# said\n\nA=1\n \t\nA=2"), two);
    }

    #[test]
    fn every_fault_has_its_place_and_no_value() {
        let text = "A=fine\nB hush\n1C=hush\nD-E=hush\n=hush\nF=\"hush\" \
                    hush\nG=\"hu\\sh\"\nH='hush\nhush";
        let Err(faults) = pairs(text) else {
            panic!("it was read");
        };
        let places: Vec<(usize, usize)> = faults
            .iter()
            .map(|fault| (fault.line, fault.column))
            .collect();
        assert_eq!(
            places,
            [(2, 3), (3, 1), (4, 2), (5, 1), (6, 10), (7, 6), (8, 3)],
            "{faults:?}"
        );
        assert!(!format!("{faults:?}").contains("hush"));
    }
}

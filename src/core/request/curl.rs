//! A request that failed as a command line that repeats it, with its secrets masked.

use super::masking::{mask_body, mask_header, mask_url};
use super::requester::Requester;
use crate::http::Request;
use crate::secrets::MASK;

/// Bytes of a body that are shown; half of one would be another request.
const MAX_BODY: usize = 16 << 10;

/// Fields that frame the message, which curl writes itself.
const FRAMING: [&str; 3] = ["content-length", "transfer-encoding", "host"];

/// The command, for a POSIX shell.
pub(super) fn line(user: &Requester, request: &Request) -> String {
    let secrets = &user.shared.run.secrets;
    let mut line = String::from("curl");
    let mut add = |option: &str, value: &str| {
        line.push(' ');
        if !option.is_empty() {
            line.push_str(option);
            line.push(' ');
        }
        line.push_str(&quoted(&secrets.text(value)));
    };
    match request.method.as_str() {
        "GET" => {}
        // It would wait for a body.
        "HEAD" => add("", "--head"),
        method => add("-X", method),
    }
    add("", &mask_url(&request.url()));
    let own = user.tokens.borrow();
    let of_tokens: Vec<&str> = own.fields().collect();
    let mut has_type = false;
    let headers = request.headers.iter().chain(request.defaults());
    for (name, value) in headers {
        let is = |other: &&&str| other.eq_ignore_ascii_case(name);
        if FRAMING.iter().any(|field| is(&field)) {
            continue;
        }
        has_type |= name.eq_ignore_ascii_case("content-type");
        let value = match of_tokens.iter().any(|field| is(&field)) {
            true => MASK.to_owned(),
            false => mask_header(name, &String::from_utf8_lossy(value)),
        };
        add("-H", &format!("{name}: {value}"));
    }
    let body = &request.body;
    if !body.is_empty() {
        if !has_type {
            // Else curl would say that it is a form.
            add("-H", "content-type:");
        }
        if body.len() <= MAX_BODY
            && std::str::from_utf8(body).is_ok_and(|text| !text.contains('\0'))
        {
            let masked = mask_body(body);
            // As it was sent, where nothing is masked.
            match std::str::from_utf8(body) {
                Ok(text) if !masked.contains(MASK) => add("--data-raw", text),
                _ => add("--data-raw", &masked),
            }
        } else {
            // Standard input gives it.
            add("--data-binary", "@-");
            line.push_str(&format!(" # {} bytes", body.len()));
        }
    }
    line
}

/// A word of a POSIX shell.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@%+=,".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_every_text_as_one_word() {
        for (text, word) in [
            ("a/b:c", "a/b:c"),
            ("", "''"),
            ("it's $HOME `x`", r"'it'\''s $HOME `x`'"),
            ("a\nb", "'a\nb'"),
            ("{\"a\":1}", "'{\"a\":1}'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}

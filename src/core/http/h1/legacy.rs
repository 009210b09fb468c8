//! What a recipient of HTTP/1.1 has to tolerate: later versions of HTTP/1 and folded field lines.

/// A head as [`httparse`] accepts it, with the length of `input`: any minor version other than 0 becomes 1 (RFC 9110, 2.5),
/// and a line break within a field becomes spaces (RFC 9112, 5.2). None where there is neither.
///
/// A field line that is folded into the status line is invalid (RFC 9112, 2.2) and stays as it is.
pub(super) fn tolerated(input: &[u8]) -> Option<Vec<u8>> {
    let start = input.iter().position(|byte| !b"\r\n".contains(byte))?;
    let mut plain = None;
    // The input so far may end with the digit.
    if let Some([b'2'..=b'9'] | [b'2'..=b'9', b' ', ..]) = input[start..].strip_prefix(b"HTTP/1.") {
        plain.get_or_insert_with(|| input.to_vec())[start + 7] = b'1';
    }
    let breaks = |from: usize| {
        let found = input[from..].iter().position(|&byte| byte == b'\n');
        found.map(|at| from + at)
    };
    let mut next = breaks(start);
    // The line break after the status line is not a fold.
    let mut is_field = false;
    while let Some(at) = next {
        match &input[at + 1..] {
            [b' ' | b'\t', ..] if is_field => {
                let plain = plain.get_or_insert_with(|| input.to_vec());
                plain[at] = b' ';
                if plain[at - 1] == b'\r' {
                    plain[at - 1] = b' ';
                }
            }
            // The end of the head.
            [b'\n', ..] | [b'\r', b'\n', ..] => break,
            _ => {}
        }
        is_field = true;
        next = breaks(at + 1);
    }
    plain
}

/// Field lines in which every fold, with the spaces around it, is replaced by one space.
pub(super) fn unfolded(lines: &[u8]) -> Vec<u8> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut out = Vec::with_capacity(lines.len());
    let mut rest = lines;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\n' || !behind.first().is_some_and(is_blank) {
            out.push(byte);
            continue;
        }
        if out.last() == Some(&b'\r') {
            out.pop();
        }
        while out.last().is_some_and(is_blank) {
            out.pop();
        }
        let blanks = behind.iter().take_while(|byte| is_blank(byte)).count();
        rest = &behind[blanks..];
        out.push(b' ');
    }
    out
}

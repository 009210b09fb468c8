//! The part of a file that is Lua.

/// What some editors put before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The part of a source that is Lua: as Lua's own loader does it (luaL_loadfilex), a byte order mark is left out, and a first
/// line that begins with `#`, as in `#!/usr/bin/env lua`. The end of that line stays, so that lines keep their numbers.
pub fn code(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.first() != Some(&b'#') {
        return text;
    }
    let end = memchr::memchr(b'\n', text);
    &text[end.unwrap_or(text.len())..]
}

//! The input of a target, taken apart from its front: small numbers for choices, the rest for bytes.

/// What is left of an input.
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte; 0 behind the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// One of several.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// Bytes up to the next one that is 0, which is dropped; all of them when there is none.
    pub fn word(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        let word = &self.0[..end.unwrap_or(self.0.len())];
        self.0 = &self.0[end.map_or(self.0.len(), |end| end + 1)..];
        word
    }

    /// As [`word`](Self::word); what is no UTF-8 in it is replaced.
    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(self.word()).into_owned()
    }
}

/// The bytes in pieces whose lengths follow from `seed`; 0 gives single bytes.
pub fn split(bytes: &[u8], seed: u8) -> Vec<&[u8]> {
    let (mut rest, mut pieces, mut state) = (bytes, Vec::new(), u32::from(seed));
    while !rest.is_empty() {
        // The generator of C's manual: any would do, as long as it is the same again.
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let length = if seed == 0 {
            1
        } else {
            1 + (state >> 16) as usize % 24
        };
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

//! Sets of bytes: character classes and what stands between brackets.

/// A set of bytes, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set([u64; 4]);

impl Set {
    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn unite(&mut self, other: Set) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn complement(self) -> Set {
        Set(self.0.map(|word| !word))
    }

    /// What `%` and a letter stand for, in the C locale; the capital letter is the complement. Nothing for other bytes:
    /// they stand for themselves.
    pub(super) fn class(letter: u8) -> Option<Set> {
        let (_, set) = CLASSES
            .iter()
            .find(|(name, _)| *name == letter.to_ascii_lowercase())?;
        Some(if letter.is_ascii_uppercase() {
            set.complement()
        } else {
            *set
        })
    }

    /// The set that `inside` (what stands between `[` and `]`) describes.
    pub(super) fn brackets(inside: &[u8]) -> Set {
        let (complement, mut rest) = match inside {
            [b'^', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let mut set = Set::default();
        loop {
            rest = match rest {
                [] => break,
                [b'%', letter, after @ ..] => {
                    match Set::class(*letter) {
                        Some(class) => set.unite(class),
                        None => set.insert(*letter),
                    }
                    after
                }
                [from, b'-', to, after @ ..] => {
                    (*from..=*to).for_each(|b| set.insert(b));
                    after
                }
                [byte, after @ ..] => {
                    set.insert(*byte);
                    after
                }
            };
        }
        if complement { set.complement() } else { set }
    }
}

/// Made at compile time: a pattern is read anew at each call.
static CLASSES: [(u8, Set); 11] = {
    let mut classes = [(0, Set([0; 4])); 11];
    let names = b"acdglpsuwxz";
    let mut place = 0;
    while place < names.len() {
        let mut words = [0; 4];
        let mut byte = 0_u8;
        loop {
            if is_in(names[place], byte) {
                words[(byte >> 6) as usize] |= 1 << (byte & 63);
            }
            if byte == u8::MAX {
                break;
            }
            byte += 1;
        }
        classes[place] = (names[place], Set(words));
        place += 1;
    }
    classes
};

const fn is_in(class: u8, byte: u8) -> bool {
    match class {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        // With the vertical tab, which Rust does not count as white space.
        b's' => byte == b' ' || (byte >= 9 && byte <= 13),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        // `z`, the byte 0: gone from the manual since 5.2, but Lua 5.4 still has it.
        _ => byte == 0,
    }
}

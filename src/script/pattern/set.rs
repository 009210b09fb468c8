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
        let within: fn(u8) -> bool = match letter.to_ascii_lowercase() {
            b'a' => |b| b.is_ascii_alphabetic(),
            b'c' => |b| b.is_ascii_control(),
            b'd' => |b| b.is_ascii_digit(),
            b'g' => |b| b.is_ascii_graphic(),
            b'l' => |b| b.is_ascii_lowercase(),
            b'p' => |b| b.is_ascii_punctuation(),
            // With the vertical tab, which Rust does not count as white space.
            b's' => |b| b == b' ' || (9..=13).contains(&b),
            b'u' => |b| b.is_ascii_uppercase(),
            b'w' => |b| b.is_ascii_alphanumeric(),
            b'x' => |b| b.is_ascii_hexdigit(),
            // Gone from the manual since 5.2, but Lua 5.4 still has it.
            b'z' => |b| b == 0,
            _ => return None,
        };
        let mut set = Set::default();
        (0..=u8::MAX)
            .filter(|b| within(*b))
            .for_each(|b| set.insert(b));
        Some(if letter.is_ascii_uppercase() {
            set.complement()
        } else {
            set
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

//! One generator for each user and purpose.

use std::convert::Infallible;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng, TryRng};

/// The purpose of a stream. Separate streams prevent that a change in one place (say, one more `random.int` in a step)
/// changes the values of all others (say, think times).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Pauses between steps.
    Think,
    /// The table `random`.
    Data,
    /// `math.random`.
    Script,
    /// A branch of `parallel`.
    Branch(u32),
    /// Which step comes next, how many requests a session has.
    Steps,
    /// When sessions start.
    Pace,
    /// The gaps between the arrivals of an open crowd: one stream for the whole run.
    Arrivals,
    /// Who an arrival is: its type, and whether somebody returns.
    Arrival,
    /// How long a person stays away after a session, and whether it returns.
    Away,
    /// The pause before this retry of the user.
    Retry(u32),
    /// When the incident with this number begins.
    Incident(u32),
    /// The trace of a session.
    Trace(u32),
    /// Which requests become samples.
    Sample,
    /// Latencies and draws of a mock.
    Mock,
}

impl Purpose {
    /// The number that is mixed in: never change one, add new ones at the end.
    fn code(self) -> u64 {
        match self {
            Purpose::Think => 1,
            Purpose::Data => 2,
            Purpose::Script => 3,
            Purpose::Steps => 4,
            Purpose::Pace => 5,
            Purpose::Arrivals => 6,
            Purpose::Arrival => 7,
            Purpose::Away => 8,
            Purpose::Sample => 9,
            Purpose::Mock => 10,
            Purpose::Branch(index) => 1 << 32 | u64::from(index),
            Purpose::Retry(number) => 2 << 32 | u64::from(number),
            Purpose::Incident(number) => 3 << 32 | u64::from(number),
            Purpose::Trace(session) => 4 << 32 | u64::from(session),
        }
    }
}

/// A generator of 32 bytes: xoshiro256++ (Blackman and Vigna, 2019).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of a user for a purpose.
    ///
    /// The words seed, user and purpose are absorbed one after the other, `h = mix((h + G) ^ mix(word + G))` from
    /// `h = 0`, where `mix` is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014) and G its golden gamma; the four
    /// words of the state are the first four outputs of SplitMix64 started at h.
    pub fn new(seed: u64, user: u64, purpose: Purpose) -> Self {
        Stream::from_words([seed, user, purpose.code()])
    }

    /// The stream of a person for a purpose in one of its sessions, from 1; that of the first is [the person's](Self::new).
    pub fn of_visit(seed: u64, person: u64, purpose: Purpose, visit: u32) -> Self {
        match visit {
            0 | 1 => Stream::new(seed, person, purpose),
            visit => Stream::from_words([seed, person, purpose.code() | u64::from(visit) << 40]),
        }
    }

    /// The stream of a branch: takes one word of this stream, so that each `parallel` has its own streams.
    pub fn branch(&mut self, index: u32) -> Self {
        Stream::from_words([self.word(), 0, Purpose::Branch(index).code()])
    }

    fn from_words(words: [u64; 3]) -> Self {
        let key = words.into_iter().fold(0, absorb);
        Stream(Xoshiro256PlusPlus::seed_from_u64(key))
    }

    /// 64 random bits.
    pub fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// An integer from `lo` to `hi`, both included; `lo` when they are the wrong way round.
    pub fn int(&mut self, lo: i64, hi: i64) -> i64 {
        if lo >= hi {
            return lo;
        }
        let span = hi.wrapping_sub(lo) as u64;
        let above = match span.checked_add(1) {
            Some(count) => self.below(count),
            None => self.word(),
        };
        lo.wrapping_add(above as i64)
    }

    /// A float in [0, 1), a multiple of 2^-53.
    pub fn float(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability `p`: never for 0 and below, always for 1 and above.
    pub fn chance(&mut self, p: f64) -> bool {
        self.float() < p
    }

    /// An index of a list of `count`, from 0; none for an empty list.
    pub fn index(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.below(count as u64) as usize)
    }

    /// Uniform below `count` (Lemire, 2019); 0 for 0.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        let mut product = u128::from(self.word()) * u128::from(count);
        if (product as u64) < count {
            let uneven = count.wrapping_neg() % count.max(1);
            while (product as u64) < uneven {
                product = u128::from(self.word()) * u128::from(count);
            }
        }
        (product >> 64) as u64
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

fn absorb(h: u64, word: u64) -> u64 {
    mix(h.wrapping_add(GOLDEN_GAMMA) ^ mix(word.wrapping_add(GOLDEN_GAMMA)))
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

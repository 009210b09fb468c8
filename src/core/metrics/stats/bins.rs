//! The bins of HDR histograms (Tene, <https://hdrhistogram.org>): which values share one.

/// Bins whose width grows with the value: values below `2 << bits` have one each; above, every octave has `1 << bits` of
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bins {
    bits: u32,
}

impl Bins {
    /// The bins of a coarse histogram: at most 1 % wide.
    pub const COARSE: Self = Self { bits: 7 };

    /// At most 1 % wide for 2 `digits`, 0.1 % for 3; 4 at most.
    pub(crate) fn of_digits(digits: u8) -> Self {
        let apart = 2 * 10_u64.pow(u32::from(digits.clamp(1, 4)));
        Self {
            bits: apart.next_power_of_two().trailing_zeros() - 1,
        }
    }

    /// The bin of a value.
    pub fn of(self, value: u64) -> u32 {
        let octave = self.octave(value);
        (octave << self.bits) + (value >> octave) as u32
    }

    /// How often a value must be halved until it is one of the first `2 << bits`.
    fn octave(self, value: u64) -> u32 {
        (u64::BITS - value.leading_zeros()).saturating_sub(self.bits + 1)
    }

    /// The lowest value of a bin; 0 after the last one.
    pub fn lowest(self, bin: u32) -> u64 {
        let octave = (bin >> self.bits).saturating_sub(1);
        let within = u64::from(bin) - (u64::from(octave) << self.bits);
        within.checked_shl(octave).unwrap_or(0)
    }
}

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng};

/// How often a run is put together anew.
const RESAMPLES: usize = 400;

/// The same runs always compare in the same way.
const SEED: u64 = 0x7468_726f_6e67;

/// How often each block of a run is taken, for each time that the run is put together anew.
pub(super) struct Resamples {
    /// By resample and then by block.
    weights: Vec<f32>,
    blocks: usize,
    /// Stretches of which a run is put together: as many as there are independent observations.
    pub stretches: f64,
}

impl Resamples {
    /// Of a run of so many blocks, of which the first so many are put together anew. Runs of one `stream` are put together of
    /// the same moments.
    pub(super) fn new(blocks: usize, of: usize, stream: u64) -> Self {
        let length = stretch(of);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED ^ stream);
        let mut weights = vec![0.0; RESAMPLES * blocks];
        let starts = of - length + 1;
        for resample in weights.chunks_exact_mut(blocks.max(1)) {
            let mut taken = 0;
            while taken < of {
                // Of a number of 64 bits the remainder is as good as even.
                let start = (random.next_u64() % starts as u64) as usize;
                let take = length.min(of - taken);
                for weight in &mut resample[start..start + take] {
                    *weight += 1.0;
                }
                taken += take;
            }
        }
        Self {
            weights,
            blocks,
            stretches: of as f64 / length as f64,
        }
    }

    /// The weights of the blocks, one resample after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.weights.chunks_exact(self.blocks.max(1))
    }
}

/// How many blocks follow each other in a resample: of the order of the cube root of how many there are, which is best for
/// the variance of a mean (Hall, Horowitz and Jing, Biometrika 82, 1995), and twice that, since seconds of a loaded target
/// depend on each other for some while; at most a fifth of the run.
fn stretch(blocks: usize) -> usize {
    let length = (2.0 * (blocks as f64).cbrt()).ceil() as usize;
    length.min(blocks / 5).max(1)
}

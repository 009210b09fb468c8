/// Marks a response that is not masked as a whole: it is the token for one who may have it, or was masked where it was
/// made.
#[derive(Clone, Copy)]
pub struct Unmasked;

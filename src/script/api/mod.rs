pub mod argument;
pub mod json;
pub mod random;

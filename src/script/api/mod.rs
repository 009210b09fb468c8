pub mod argument;
pub mod json;

pub mod argument;
pub mod crypto;
pub mod data;
pub mod json;
pub mod random;
pub mod time;

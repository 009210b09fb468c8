pub mod api;
pub mod draw;
pub mod pattern;

pub mod api;
pub mod draw;

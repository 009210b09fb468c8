pub mod cli;
pub mod pace;
pub mod plan;

//! Every test of throng in one binary: a module for each room, and one for the tree itself.

mod architecture;
mod cli;
mod pace;
mod plan;

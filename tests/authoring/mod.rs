//! What an author of scripts has before a run: the reference, the checks, a first project.

mod check;
mod check_beside;
mod described;
mod example_target;
mod examples;
mod planted;
mod project;
mod reference;

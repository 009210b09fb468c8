//! What an author of scripts has before a run: the reference, the checks, a first project.

mod check;
mod planted;
mod project;
mod reference;

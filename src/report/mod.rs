//! A run in words and figures, through one seam: [`Output`].
//!
//! In: the [view](crate::view::RunView) of a run. Out: the live display, plain lines and the summary ([`text`]), the
//! full-screen view ([`tui`]), JSON ([`json`]), a page ([`html`]), JUnit's XML ([`junit`]), the text of Prometheus
//! ([`prometheus`]), Markdown ([`markdown`]).
//! It must never know the engine, scripts, or where a run's facts came from.

pub mod csv;
pub mod html;
pub mod json;
pub mod junit;
mod markdown;
mod output;
pub mod prometheus;
mod rates;
pub mod session_page;
pub mod text;
pub mod tui;

pub use markdown::markdown;
pub use output::Output;
pub use rates::Rates;

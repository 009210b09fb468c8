mod format;
mod history;
mod intervals;
mod status;
mod views;

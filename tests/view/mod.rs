mod format;
mod history;
mod views;

mod format;
mod history;
mod status;
mod views;

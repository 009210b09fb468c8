mod format;
mod history;

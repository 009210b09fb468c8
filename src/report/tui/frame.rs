use ratatui::widgets::{Block, BorderType};

/// The frame around a part of the view, with its title: the only lines that are drawn, thin and without colour.
pub(crate) fn framed(title: &str) -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Plain)
        .title(title.to_owned())
}

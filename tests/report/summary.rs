use throng::report::Paint;
use throng::report::summary::{Look, styled, text};

use super::crowd::{ACTIVE, snapshot};

#[test]
fn show() {
    println!("{}", text(&snapshot()));
    println!(
        "{}",
        styled(
            &snapshot(),
            Look {
                width: 160,
                paint: Paint::PLAIN
            }
        )
    );
    let _ = ACTIVE;
}

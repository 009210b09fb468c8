use indicatif::InMemoryTerm;
use throng::report::Paint;
use throng::report::progress::Live;

use super::crowd::snapshot;
#[test]
fn show() {
    for width in [40, 80, 200] {
        let term = InMemoryTerm::new(24, width);
        let live = Live::new(term.clone(), Paint::PLAIN);
        live.update(&snapshot());
        println!("{}\n-----", term.contents());
    }
}

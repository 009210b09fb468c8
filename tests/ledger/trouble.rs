use throng::ledger::{Directory, EntryId, Ledger, OpenOptions, Policy, Trouble};

use super::{entry, files, run};
use crate::support::on_one_thread;

/// A ledger whose folder is a file, until that is taken away.
fn blocked(home: &std::path::Path, policy: Policy) -> (Ledger, std::path::PathBuf) {
    let place = home.join("state");
    std::fs::write(&place, "in the way").unwrap();
    let opening = OpenOptions {
        policy,
        ..OpenOptions::default()
    };
    let ledger = Ledger::begin(Directory::at(&place), run(), &opening).unwrap();
    (ledger, place)
}

#[test]
fn where_it_is_required_nothing_is_promised_that_is_not_written() {
    let home = tempfile::tempdir().unwrap();
    on_one_thread(async {
        let (ledger, _) = blocked(home.path(), Policy::Required);
        let mut trouble = ledger.trouble();
        let (id, committed) = ledger.handle(1, false).intend(entry("user", &[], "ann"));
        let why = committed.await.unwrap().unwrap_err();
        assert!(why.contains("state: "), "{why}");
        trouble.changed().await.unwrap();
        assert_eq!(*trouble.borrow_and_update(), Some(Trouble::Refuses(why)));
        ledger.gone(id);
        let left = ledger.close().await;
        assert!(left.counts.is_empty() && left.unwritten.is_empty());
    });
}

#[test]
fn what_the_file_does_not_take_is_kept_in_memory_and_told_at_the_end() {
    let home = tempfile::tempdir().unwrap();
    on_one_thread(async {
        let (ledger, _) = blocked(home.path(), Policy::BestEffort);
        let mut trouble = ledger.trouble();
        let handle = ledger.handle(1, false);
        let mut ids = Vec::new();
        for name in ["ann", "bob", "cy"] {
            let (id, committed) = handle.intend(entry("user", &[], name));
            committed.await.unwrap().unwrap();
            ids.push(id);
        }
        trouble.changed().await.unwrap();
        assert!(matches!(
            *trouble.borrow_and_update(),
            Some(Trouble::InMemory(_))
        ));
        handle.confirm(ids[0], Some("7".to_owned()));
        handle.forget(ids[1]);
        let page = ledger.page(vec!["user".to_owned()], EntryId::LAST, None, 9);
        let page = page.await.unwrap();
        assert_eq!(page.len(), 2);
        assert_eq!(page[1].1.params["id"], "7");
        let left = ledger.close().await;
        assert_eq!((left.counts.total(), left.unwritten.len()), (2, 2));
        assert_eq!(left.unwritten[0].id.as_deref(), Some("7"));
    });
}

#[test]
fn what_was_kept_in_memory_is_written_once_the_file_takes_it() {
    let home = tempfile::tempdir().unwrap();
    let left = on_one_thread(async {
        let (ledger, place) = blocked(home.path(), Policy::BestEffort);
        let handle = ledger.handle(1, false);
        let (id, committed) = handle.intend(entry("user", &[], "ann"));
        committed.await.unwrap().unwrap();
        handle.confirm(id, Some("7".to_owned()));
        std::fs::remove_file(&place).unwrap();
        ledger.close().await
    });
    assert_eq!((left.counts.total(), left.unwritten.len()), (1, 0));
    let folder = Directory::at(home.path().join("state"));
    assert!(files(folder.place()).contains(&"r1.ledger".to_owned()));
    on_one_thread(async {
        let lock = folder.lock("r1").unwrap().unwrap();
        let (ledger, _) = Ledger::resume(&folder, "r1", lock).unwrap();
        let page = ledger.page(vec!["user".to_owned()], EntryId::LAST, None, 9);
        let page = page.await.unwrap();
        assert!(page[0].1.confirmed);
        assert_eq!(page[0].1.params["id"], "7");
    });
}

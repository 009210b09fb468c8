use std::os::unix::fs::PermissionsExt;

use throng::ledger::{Directory, Durability, EntryId, Ledger, LedgerError, Store};

use super::{begin, entry, files, run};
use crate::support::on_one_thread;

#[test]
fn a_run_that_creates_nothing_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    on_one_thread(async {
        let ledger = begin(&folder);
        assert!(ledger.counts().await.unwrap().is_empty());
        assert!(ledger.close().await.counts.is_empty());
    });
    assert!(!folder.exists());
}

#[test]
fn what_is_on_file_is_what_was_handed_in_and_only_its_user_can_read_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep/state");
    on_one_thread(async {
        let ledger = begin(&folder);
        let handle = ledger.handle(1, false);
        let (id, committed) = handle.intend(entry("user", &["team"], "ann"));
        committed.await.unwrap().unwrap();
        // It is there for a process that knows nothing of this one: the commit was waited for.
        let other = Store::open(&folder.join("r1.ledger"), Durability::Process).unwrap();
        assert_eq!(other.run().unwrap(), run());
        let page = other.page(&["user".to_owned()], EntryId::LAST, None, 9);
        let (found, mut read) = page.unwrap().remove(0);
        assert!(read.at.take().unwrap().elapsed().unwrap().as_secs() < 60);
        assert_eq!((found, read), (id, entry("user", &["team"], "ann")));

        handle.confirm(id, Some("7".to_owned()));
        let mut confirmed = entry("user", &["team"], "ann");
        confirmed.confirmed = true;
        confirmed.params.insert("id".to_owned(), "7".to_owned());
        let page = ledger.page(vec!["user".to_owned()], EntryId::LAST, None, 9);
        let mut read = page.await.unwrap().remove(0).1;
        read.at = None;
        assert_eq!(read, confirmed);

        let mode = |name: &str| {
            let meta = std::fs::metadata(folder.join(name)).unwrap();
            meta.permissions().mode() & 0o777
        };
        for name in files(&folder) {
            assert_eq!(mode(&name), 0o600, "{name}");
        }
        assert_eq!(mode("."), 0o700);

        handle.forget(id);
        assert!(ledger.close().await.counts.is_empty());
    });
    assert_eq!(files(&folder), [""; 0], "taken away");
}

#[test]
fn a_ledger_in_which_something_is_left_is_taken_up_later() {
    let home = tempfile::tempdir().unwrap();
    let folder = Directory::at(home.path());
    on_one_thread(async {
        let ledger = begin(home.path());
        let handle = ledger.handle(1, false);
        assert!(folder.lock("r1").unwrap().is_some(), "nothing is there yet");
        let (_, committed) = handle.intend(entry("user", &[], "ann"));
        committed.await.unwrap().unwrap();
        assert!(folder.lock("r1").unwrap().is_none(), "the run goes on");
        assert_eq!(ledger.close().await.counts.total(), 1);

        let lock = folder.lock("r1").unwrap().unwrap();
        assert!(folder.lock("r1").unwrap().is_none(), "one at a time");
        let (ledger, of) = Ledger::resume(&folder, "r1", lock).unwrap();
        assert_eq!(of, run());
        let page = ledger.page(vec!["user".to_owned()], EntryId::LAST, None, 9);
        let (id, _) = page.await.unwrap().remove(0);
        ledger.failed(id, "not today".to_owned());
        let list = ledger.list(9).await.unwrap();
        assert_eq!(list[0].why.as_deref(), Some("not today"));
        ledger.gone(id);
        assert!(ledger.close().await.counts.is_empty());
    });
    assert_eq!(files(home.path()), [""; 0]);
}

#[test]
fn what_is_no_ledger_or_of_another_form_is_named_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let open = |name: &str| match Store::open(&home.path().join(name), Durability::Process) {
        Ok(_) => panic!("{name} was read"),
        Err(why) => why,
    };
    std::fs::write(home.path().join("text"), "something else entirely").unwrap();
    let said = open("text").to_string();
    assert!(said.contains("/text: file is not a database"), "{said}");

    let other = rusqlite::Connection::open(home.path().join("other")).unwrap();
    other.execute_batch("CREATE TABLE mine (x)").unwrap();
    assert!(matches!(open("other"), LedgerError::Strange { .. }));
    let mine: i64 = other
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mine, 1, "untouched");

    let new = home.path().join("new");
    drop(Store::create(&new, &run(), Durability::Process).unwrap());
    let db = rusqlite::Connection::open(&new).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let said = open("new").to_string();
    assert!(
        said.contains("has format 99, and this version of throng supports 1"),
        "{said}"
    );
    assert!(
        Store::create(&new, &run(), Durability::Process).is_err(),
        "never over another"
    );
    assert!(new.exists());
    assert!(matches!(open("nowhere"), LedgerError::Store { .. }));
}

#[test]
fn nothing_secret_is_in_what_is_listed() {
    let home = tempfile::tempdir().unwrap();
    on_one_thread(async {
        let ledger = begin(home.path());
        let (_, committed) = ledger.handle(1, false).intend(entry("user", &[], "ann"));
        committed.await.unwrap().unwrap();
        let list = ledger.list(9).await.unwrap();
        let shown = format!("{list:?} {}", list[0]);
        assert!(shown.contains("user"), "{shown}");
        assert!(!shown.contains("Secret"), "{shown}");
        let shown = format!("{:?}", entry("user", &[], "ann"));
        assert!(!shown.contains("Secret"), "{shown}");
    });
}

#[test]
fn a_doubt_is_listed_and_digits_of_a_body_survive_it() {
    let home = tempfile::tempdir().unwrap();
    let mut thing = entry("user", &[], "ann");
    let body = serde_json::json!({ "n": u64::MAX, "m": -9_007_199_254_740_993_i64, "x": 0.1 });
    thing.delete.body = Some(body);
    on_one_thread(async {
        let ledger = begin(home.path());
        let handle = ledger.handle(1, false);
        let (id, committed) = handle.intend(thing.clone());
        committed.await.unwrap().unwrap();
        let doubt = throng::ledger::MissingId {
            why: "its response had null at /id, which is not an id".to_owned(),
            endpoint: "POST /users".to_owned(),
            is_lost: false,
        };
        handle.missing_id(id, doubt.clone());
        let listed = ledger.list(9).await.unwrap();
        assert_eq!(
            listed[0].to_string(),
            format!("user unknown: {}", doubt.why)
        );
        let page = ledger.page(vec!["user".to_owned()], EntryId::LAST, None, 9);
        let (_, read) = page.await.unwrap().remove(0);
        assert!(!read.confirmed);
        assert_eq!(read.doubt, Some(doubt.why));
        assert_eq!(read.delete.body, thing.delete.body);
        assert_eq!(read.find, thing.find);
    });
}

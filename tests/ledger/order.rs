use throng::ledger::{Entry, EntryId, Ledger};

use super::{begin, entry};
use crate::support::on_one_thread;

async fn made(ledger: &Ledger, handle: u16, names: &[&str]) -> Vec<EntryId> {
    let handle = ledger.handle(handle, true);
    let mut ids = Vec::new();
    for name in names {
        let kind = name.split('-').next().unwrap();
        let needs: &[&str] = if kind == "profile" { &["user"] } else { &[] };
        let (id, committed) = handle.intend(entry(kind, needs, name));
        committed.await.unwrap().unwrap();
        ids.push(id);
    }
    ids
}

fn names(page: &[(EntryId, Entry)]) -> Vec<&str> {
    let name =
        |(_, entry): &'_ (EntryId, Entry)| entry.params["name"].as_str().to_owned().leak() as &str;
    page.iter().map(name).collect()
}

#[test]
fn pages_go_from_the_last_made_to_the_first_and_hold_what_was_asked_for() {
    let home = tempfile::tempdir().unwrap();
    on_one_thread(async {
        let ledger = begin(home.path());
        made(&ledger, 0, &["user-of-setup"]).await;
        let ids = made(&ledger, 1, &["user-1", "profile-1", "user-2"]).await;
        made(&ledger, 2, &["user-3"]).await;
        let users = vec!["user".to_owned()];
        let page = ledger.page(users.clone(), EntryId::LAST, None, 2);
        let page = page.await.unwrap();
        assert_eq!(names(&page), ["user-3", "user-2"]);
        let page = ledger
            .page(users.clone(), page[1].0, None, 9)
            .await
            .unwrap();
        assert_eq!(names(&page), ["user-1", "user-of-setup"]);
        let kinds = ledger.kinds().await.unwrap();
        assert_eq!(kinds["profile"], ["user"]);
        assert!(kinds["user"].is_empty());

        let over = async || {
            let cutoff = ledger.cut().await.unwrap();
            let page = ledger.page(users.clone(), EntryId::LAST, Some(cutoff), 9);
            (cutoff, page.await.unwrap())
        };
        let (before, page) = over().await;
        assert!(page.is_empty(), "every session goes on");
        ledger.handle(9, true).over(vec![ids[0], ids[1]]);
        let page = ledger.page(users.clone(), EntryId::LAST, Some(before), 9);
        assert!(page.await.unwrap().is_empty(), "that one ended later");
        assert_eq!(names(&over().await.1), ["user-1"]);
        ledger.handle(9, true).over(vec![ids[2]]);
        assert_eq!(names(&over().await.1), ["user-2", "user-1"]);

        let counts = ledger.counts().await.unwrap();
        assert_eq!(counts.total(), 5);
        assert_eq!(
            counts.to_string(),
            "profile x1 (1 never confirmed), user x4 (4 never confirmed)"
        );
        for id in ids {
            ledger.gone(id);
        }
        assert_eq!(ledger.close().await.counts.total(), 2);
    });
}

#[test]
fn entries_of_many_requests_share_commits() {
    let home = tempfile::tempdir().unwrap();
    on_one_thread(async {
        let ledger = begin(home.path());
        let handle = ledger.handle(1, false);
        let waiting: Vec<_> = (0..1_000)
            .map(|number| handle.intend(entry("user", &[], &number.to_string())).1)
            .collect();
        for committed in waiting {
            committed.await.unwrap().unwrap();
        }
        // The file holds who deletes them, and how, once.
        let db = rusqlite::Connection::open(home.path().join("r1.ledger")).unwrap();
        let count = |table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            db.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!(
            (count("entry"), count("account"), count("recipe")),
            (1_000, 1, 1)
        );
    });
}

use std::sync::Arc;
use std::time::Duration;

use throng::metrics::{Aggregator, RunInfo};
use throng::view::Views;
use tokio::sync::watch;

#[tokio::test]
async fn all_readers_of_a_snapshot_have_one_view_of_it() {
    let mut aggregator = Aggregator::new(RunInfo::default());
    let (snapshots, seen) = watch::channel(aggregator.tick(Duration::from_secs(1)));
    let mut one = Views::new(seen);
    let mut other = one.clone();
    let first = one.latest();
    assert_eq!(first.run.seconds, 1.0);
    assert!(Arc::ptr_eq(&first, &one.latest()));
    assert!(Arc::ptr_eq(&first, &other.latest()));
    snapshots.send_replace(aggregator.tick(Duration::from_secs(2)));
    let second = one.next().await.unwrap();
    assert_eq!(second.run.seconds, 2.0);
    assert!(Arc::ptr_eq(&second, &other.next().await.unwrap()));
    assert!(!one.is_over());
    // What was published last stays when the run is gone.
    snapshots.send_replace(aggregator.tick(Duration::from_secs(3)));
    drop(snapshots);
    assert!(one.is_over());
    assert_eq!(one.next().await.unwrap().run.seconds, 3.0);
    assert_eq!(one.next().await, None);
    assert_eq!(other.latest().run.seconds, 3.0);
}

use throng::metrics::{
    Aggregator, CustomError, CustomKind, CustomValue, Declaration, MAX_LABEL_SETS, OTHER, Recorder,
    RunInfo,
};

fn declaration(kind: CustomKind, name: &str, labels: &[&str]) -> Declaration {
    let labels = labels.iter().map(|label| (*label).to_owned()).collect();
    Declaration {
        kind,
        name: name.to_owned(),
        help: "For the test.".to_owned(),
        labels,
    }
}

fn label(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn counters_add_gauges_become_histograms_count() {
    let mut recorder = Recorder::new();
    let counter = recorder
        .declare(declaration(CustomKind::Counter, "orders", &["kind"]))
        .unwrap();
    let gauge = recorder
        .declare(declaration(CustomKind::Gauge, "basket", &[]))
        .unwrap();
    let sizes = recorder
        .declare(declaration(CustomKind::Histogram, "sizes", &[]))
        .unwrap();
    recorder.update(counter, &["book"], 1.0).unwrap();
    recorder.update(counter, &["book"], 2.5).unwrap();
    recorder.update(counter, &["pen"], 1.0).unwrap();
    recorder.update(gauge, &[], 7.0).unwrap();
    recorder.update(gauge, &[], -3.0).unwrap();
    for value in [0.5, 1.5, 4.0] {
        recorder.update(sizes, &[], value).unwrap();
    }
    let custom = recorder.take().totals.custom;
    assert_eq!(
        custom["orders"].values[&label(&["book"])],
        CustomValue::Counter(3.5)
    );
    assert_eq!(
        custom["orders"].values[&label(&["pen"])],
        CustomValue::Counter(1.0)
    );
    assert_eq!(
        custom["basket"].values[&label(&[])],
        CustomValue::Gauge(-3.0)
    );
    let sizes = &custom["sizes"].values[&label(&[])];
    assert!(matches!(sizes, CustomValue::Histogram { sum, .. } if *sum == 6.0));
    assert_eq!(sizes.cumulative(&[0.5, 1.0, 5.0]), [1, 1, 3]);
    assert_eq!(sizes.quantile(1.0), Some(4.0));
}

#[test]
fn a_second_declaration_is_the_same_metric_or_a_clash() {
    let mut recorder = Recorder::new();
    let first = recorder
        .declare(declaration(CustomKind::Counter, "orders", &["kind"]))
        .unwrap();
    let again = recorder.declare(declaration(CustomKind::Counter, "orders", &["kind"]));
    assert_eq!(again, Ok(first));
    for other in [
        declaration(CustomKind::Gauge, "orders", &["kind"]),
        declaration(CustomKind::Counter, "orders", &["kind", "size"]),
    ] {
        assert_eq!(
            recorder.declare(other),
            Err(CustomError::Clash("orders".to_owned()))
        );
    }
}

#[test]
fn names_that_a_histogram_is_exported_as_are_taken() {
    let mut recorder = Recorder::new();
    recorder
        .declare(declaration(CustomKind::Counter, "sizes_count", &[]))
        .unwrap();
    recorder
        .declare(declaration(CustomKind::Histogram, "times", &[]))
        .unwrap();
    recorder
        .declare(declaration(CustomKind::Counter, "times_total", &[]))
        .unwrap();
    for clash in [
        declaration(CustomKind::Histogram, "sizes", &[]),
        declaration(CustomKind::Gauge, "times_sum", &[]),
        declaration(CustomKind::Gauge, "times_bucket", &[]),
    ] {
        let name = clash.name.clone();
        assert_eq!(recorder.declare(clash), Err(CustomError::Clash(name)));
    }
    let twice = declaration(CustomKind::Counter, "pages", &["id", "kind", "id"]);
    assert_eq!(
        recorder.declare(twice),
        Err(CustomError::Name("id".to_owned()))
    );
}

#[test]
fn what_prometheus_would_refuse_is_refused_at_once() {
    let mut recorder = Recorder::new();
    for name in ["", "Orders", "2nd", "a-b", "a b", "é", "__a"] {
        let refused = recorder.declare(declaration(CustomKind::Counter, name, &[]));
        assert_eq!(refused, Err(CustomError::Name(name.to_owned())), "{name}");
    }
    let refused = recorder.declare(declaration(CustomKind::Histogram, "sizes", &["le"]));
    assert_eq!(refused, Err(CustomError::Name("le".to_owned())));
    let counter = recorder
        .declare(declaration(CustomKind::Counter, "orders", &["kind"]))
        .unwrap();
    for (labels, value) in [
        (&["a"][..], -1.0),
        (&["a"], f64::NAN),
        (&[], 1.0),
        (&["a", "b"], 1.0),
    ] {
        assert!(
            recorder.update(counter, labels, value).is_err(),
            "{labels:?} {value}"
        );
    }
}

#[test]
fn label_sets_are_bounded_in_a_shard_and_over_shards() {
    let mut aggregator = Aggregator::new(RunInfo::default());
    for shard in 0..2 {
        let mut recorder = Recorder::new();
        let metric = recorder
            .declare(declaration(CustomKind::Counter, "seen", &["id"]))
            .unwrap();
        for number in 0..MAX_LABEL_SETS + 50 {
            recorder
                .update(metric, &[&format!("{shard}-{number}")], 1.0)
                .unwrap();
        }
        let batch = recorder.take();
        assert_eq!(batch.totals.custom["seen"].values.len(), MAX_LABEL_SETS + 1);
        assert_eq!(
            batch.totals.custom["seen"].values[&label(&[OTHER])],
            CustomValue::Counter(50.0)
        );
        aggregator.absorb(shard, batch);
    }
    let snapshot = aggregator.tick(std::time::Duration::from_secs(1));
    let values = &snapshot.totals.custom["seen"].values;
    assert_eq!(values.len(), MAX_LABEL_SETS + 1);
    assert_eq!(values[&label(&[OTHER])], CustomValue::Counter(200.0));
}

#[test]
fn a_declared_counter_is_there_before_it_counts() {
    let mut recorder = Recorder::new();
    recorder
        .declare(declaration(CustomKind::Counter, "orders", &[]))
        .unwrap();
    let custom = recorder.take().totals.custom;
    assert_eq!(
        custom["orders"].values[&label(&[])],
        CustomValue::Counter(0.0)
    );
    assert!(recorder.take().totals.custom.is_empty());
}

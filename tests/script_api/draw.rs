use throng::random;
use throng::random::{Purpose, Stream};

fn data(seed: u64) -> Stream {
    Stream::new(seed, 0, Purpose::Data)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn many(mut one: impl FnMut(&mut Stream) -> f64) -> Vec<f64> {
    let mut stream = data(7);
    (0..100_000).map(|_| one(&mut stream)).collect()
}

#[track_caller]
fn near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() < tolerance,
        "{value} is not near {expected}"
    );
}

/// From a second implementation of the documented mixture and of xoshiro256++.
#[test]
fn streams_are_the_ones_that_the_documents_promise() {
    for (seed, user, purpose, words) in [
        (
            1,
            0,
            Purpose::Think,
            [0x48ca_f554_e1b2_cc31, 0x4c5e_9117_922c_f9c0],
        ),
        (
            1,
            0,
            Purpose::Data,
            [0x2f79_f665_5883_a629, 0xa12c_9835_8454_510e],
        ),
        (
            1,
            1,
            Purpose::Data,
            [0xcaba_c5a3_72d3_86a6, 0xed23_d4ec_d619_3628],
        ),
        (
            2,
            1,
            Purpose::Data,
            [0x347c_e055_51c9_167c, 0x87ce_b63d_c1d1_e0e8],
        ),
        (
            1,
            1,
            Purpose::Script,
            [0x2b19_a365_07cc_cbd4, 0x0a73_4e15_2920_2cc2],
        ),
        (
            1,
            1,
            Purpose::Steps,
            [0xd007_5843_bb72_f4c9, 0x6752_fe8e_b3a4_2f5e],
        ),
        (
            1,
            1,
            Purpose::Pace,
            [0x7f67_28a0_92ad_429d, 0x4ad4_3bf2_41d7_0e8b],
        ),
        (
            1,
            1,
            Purpose::Branch(0),
            [0x73f0_7b1d_daa2_5ab5, 0x62ba_6f7f_1fd9_2365],
        ),
        (
            1,
            1,
            Purpose::Branch(7),
            [0x14f8_4ab8_2fc3_1de8, 0xff80_4458_242b_7c9b],
        ),
        (
            u64::MAX,
            u64::MAX,
            Purpose::Data,
            [0xd66e_3b6c_5c8c_999f, 0x945a_06ce_57b7_c5f7],
        ),
    ] {
        let mut stream = Stream::new(seed, user, purpose);
        assert_eq!(
            [stream.word(), stream.word()],
            words,
            "{seed} {user} {purpose:?}"
        );
    }
}

#[test]
fn values_of_a_seed_never_change() {
    let mut stream = data(42);
    let s = &mut stream;
    let got = format!(
        "{} {} {} {:?} {} {} {} {} {} {} {} {:?} {} {:?}",
        s.int(-5, 5),
        s.float(),
        random::uuid(s),
        random::string(s, 8, random::ALPHANUMERIC),
        random::person(s).name(),
        random::phone(s),
        random::sentence(s, 4, random::ENGLISH),
        random::date(s, random::DEFAULT_FROM, random::DEFAULT_TO),
        random::normal(s, 10.0, 2.0) as f32,
        random::lognormal(s, 10.0, 0.5) as f32,
        random::exponential(s, 3.0) as f32,
        random::zipf(s, 100, 1.1),
        random::uniform(s, 5.0, 6.0),
        random::weighted(s, &[1.0, 2.0, 3.0]),
    );
    assert_eq!(
        got,
        "4 0.13397030489818618 9e0f9bcb-e2b2-4600-8020-d0c70a303b5e \"xv3l7IWh\" Alan Hansen \
         +16025550104 Watch hold farm edge. 1960-08-04 10.204152 10.766819 0.6063074 Some(6) \
         5.482062044134617 Some(2)"
    );
    let mut list = [1, 2, 3, 4, 5, 6, 7, 8];
    random::shuffle(s, &mut list);
    assert_eq!(list, [5, 7, 6, 2, 8, 1, 3, 4]);
}

#[test]
fn branches_differ_from_each_other_and_from_call_to_call() {
    let mut stream = data(1);
    let mut twin = stream.clone();
    let words: Vec<u64> = [0, 1, 0, 1].map(|i| stream.branch(i).word()).into();
    let again: Vec<u64> = [0, 1, 0, 1].map(|i| twin.branch(i).word()).into();
    assert_eq!(words, again);
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 4, "{words:?}");
}

#[test]
fn int_reaches_both_ends_and_nothing_else() {
    let mut counts = [0_u32; 7];
    let mut stream = data(3);
    for _ in 0..70_000 {
        counts[(stream.int(-3, 3) + 3) as usize] += 1;
    }
    for count in counts {
        near(f64::from(count), 10_000.0, 500.0);
    }
    assert_eq!(stream.int(9, 9), 9);
    let signs: Vec<bool> = (0..64)
        .map(|_| stream.int(i64::MIN, i64::MAX) < 0)
        .collect();
    assert!(signs.contains(&true) && signs.contains(&false));
    let wide = (0..1000)
        .map(|_| stream.int(i64::MIN, i64::MAX - 1))
        .max()
        .unwrap();
    assert!(wide > i64::MAX / 2);
}

/// Of 2^64 words on 3 * 2^62 values, every third value would get two words and the others one.
#[test]
fn int_is_even_where_the_words_do_not_divide() {
    let mut stream = data(19);
    let hi = i64::MIN.wrapping_add_unsigned((3 << 62) - 1);
    let third = |stream: &mut Stream| {
        stream
            .int(i64::MIN, hi)
            .abs_diff(i64::MIN)
            .is_multiple_of(3)
    };
    let thirds = (0..30_000).filter(|_| third(&mut stream)).count();
    near(thirds as f64, 10_000.0, 400.0);
}

#[test]
fn chance_index_and_weights_keep_their_shares() {
    let mut stream = data(5);
    assert!((0..1000).all(|_| !stream.chance(0.0) && stream.chance(1.0)));
    near(
        mean(&many(|s| f64::from(u8::from(s.chance(0.15))))),
        0.15,
        0.005,
    );
    assert_eq!(stream.index(0), None);
    near(mean(&many(|s| s.index(5).unwrap() as f64)), 2.0, 0.03);

    let picks = many(|s| random::weighted(s, &[1.0, 0.0, 3.0]).unwrap() as f64);
    assert!(!picks.contains(&1.0));
    near(mean(&picks), 1.5, 0.02);
    assert_eq!(random::weighted(&mut stream, &[0.0, 0.0]), None);
    assert_eq!(random::weighted(&mut stream, &[]), None);
}

#[test]
fn distributions_have_the_moments_of_their_names() {
    near(mean(&many(|s| random::uniform(s, -2.0, 4.0))), 1.0, 0.03);
    let normal = many(|s| random::normal(s, 10.0, 2.0));
    near(mean(&normal), 10.0, 0.05);
    near(
        mean(
            &normal
                .iter()
                .map(|x| (x - 10.0).powi(2))
                .collect::<Vec<_>>(),
        ),
        4.0,
        0.1,
    );
    let mut lognormal = many(|s| random::lognormal(s, 20.0, 0.5));
    lognormal.sort_by(f64::total_cmp);
    near(lognormal[50_000], 20.0, 0.3);
    near(mean(&lognormal), 20.0 * (0.125_f64).exp(), 0.3);
    near(mean(&many(|s| random::exponential(s, 3.0))), 3.0, 0.05);
    let zipf = many(|s| f64::from(random::zipf(s, 1000, 1.0).unwrap()));
    let ones = zipf.iter().filter(|rank| **rank == 1.0).count();
    let harmonic: f64 = (1..=1000).map(|k| 1.0 / f64::from(k)).sum();
    near(ones as f64 / 1e5, 1.0 / harmonic, 0.005);
    assert!(zipf.iter().all(|rank| (1.0..=1000.0).contains(rank)));
    assert_eq!(random::zipf(&mut data(1), 0, 1.0), None);
}

#[test]
fn shuffle_gives_every_order_its_share() {
    let mut stream = data(11);
    let mut orders = std::collections::BTreeMap::new();
    for _ in 0..60_000 {
        let mut list = ['a', 'b', 'c'];
        random::shuffle(&mut stream, &mut list);
        *orders.entry(list).or_insert(0_u32) += 1;
    }
    assert_eq!(orders.len(), 6);
    for count in orders.values() {
        near(f64::from(*count), 10_000.0, 400.0);
    }
}

#[test]
fn texts_have_their_forms() {
    let mut stream = data(13);
    let s = &mut stream;
    for _ in 0..1000 {
        let uuid = uuid::Uuid::parse_str(&random::uuid(s)).unwrap();
        assert_eq!(uuid.get_version_num(), 4);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
    }
    assert_eq!(random::string(s, 0, "ab"), "");
    assert_eq!(random::string(s, 5, ""), "");
    let wide = random::string(s, 50, "äß→");
    assert!(
        wide.chars().count() == 50 && wide.chars().all(|c| "äß→".contains(c)),
        "{wide}"
    );
    let sentence = random::sentence(s, 7, random::ENGLISH);
    assert_eq!(sentence.split(' ').count(), 7);
    assert!(sentence.ends_with('.') && sentence.starts_with(|c: char| c.is_ascii_uppercase()));
    let phone = random::phone(s);
    assert!(
        phone.len() == 12 && phone.starts_with("+1") && phone[5..].starts_with("55501"),
        "{phone}"
    );
    let person = random::Person {
        given: "Ada",
        family: "Kim",
    };
    assert_eq!(person.email("r1.2.3"), "ada.kim.r1.2.3@example.com");
    assert_eq!(person.username("r1_2_3"), "ada_kim_r1_2_3");
}

#[test]
fn dates_reach_both_ends() {
    let (from, to) = (
        time::macros::date!(2024 - 02 - 28),
        time::macros::date!(2024 - 03 - 01),
    );
    let mut stream = data(17);
    let mut days: Vec<String> = (0..100)
        .map(|_| random::date(&mut stream, from, to).to_string())
        .collect();
    days.sort();
    days.dedup();
    assert_eq!(days, ["2024-02-28", "2024-02-29", "2024-03-01"]);
}

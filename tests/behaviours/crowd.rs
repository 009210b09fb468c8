//! A whole crowd for a few seconds: what it reaches, what it asks for, how often it errs.

use std::collections::BTreeMap;

use super::{Counts, counted_by_service, counted_by_throng, run, service, words};

/// The operations of the service, as its map of endpoints lists them.
const OPERATIONS: &str = "
    POST /api/v1/auth/login
    POST /api/v1/auth/logout
    POST /api/v1/auth/refresh
    GET /api/v1/auth/me
    GET /api/v1/users
    GET /api/v1/users/search
    GET /api/v1/users/{id}
    GET /api/v1/users/email/{email}
    GET /api/v1/users/username/{username}
    POST /api/v1/users
    PUT /api/v1/users/{id}
    DELETE /api/v1/users/{id}
    PUT /api/v1/users/{id}/activate
    PUT /api/v1/users/{id}/deactivate
    PUT /api/v1/users/{id}/change-password
    PUT /api/v1/users/{id}/reset-password
    POST /api/v1/users/{userId}/profile
    GET /api/v1/users/{userId}/profile
    PUT /api/v1/users/{userId}/profile
    DELETE /api/v1/users/{userId}/profile
    POST /api/v1/roles
    GET /api/v1/roles
    GET /api/v1/roles/{id}
    PUT /api/v1/roles/{id}
    DELETE /api/v1/roles/{id}
    PUT /api/v1/roles/{id}/activate
    PUT /api/v1/roles/{id}/deactivate
    POST /api/v1/permissions
    GET /api/v1/permissions
    GET /api/v1/permissions/{id}
    PUT /api/v1/permissions/{id}
    DELETE /api/v1/permissions/{id}
    PUT /api/v1/permissions/{id}/activate
    PUT /api/v1/permissions/{id}/deactivate
    GET /api/v1/users/{userId}/roles
    POST /api/v1/users/{userId}/roles/{roleId}
    DELETE /api/v1/users/{userId}/roles/{roleId}
    POST /api/v1/users/{userId}/roles/bulk-assign
    POST /api/v1/users/{userId}/roles/bulk-revoke
    GET /
    GET /health
    GET /metrics";

/// Least and most share of each kind of call, in per cent: what the traffic should look like, 5 points either way.
const SHARES: [(&str, f64, f64); 6] = [
    ("authentication", 15.0, 25.0),
    ("user look-ups", 35.0, 45.0),
    ("user changes", 10.0, 20.0),
    ("profiles", 5.0, 15.0),
    ("roles and permissions", 0.0, 15.0),
    ("system", 0.0, 15.0),
];

fn kind(method: &str, endpoint: &str) -> &'static str {
    match endpoint.strip_prefix("/api/v1") {
        None => "system",
        Some(path) if path.starts_with("/auth") => "authentication",
        Some(path) if path.ends_with("/profile") => "profiles",
        Some(path) if path.contains("/roles") || path.contains("/permissions") => {
            "roles and permissions"
        }
        Some(_) if method == "GET" => "user look-ups",
        Some(_) => "user changes",
    }
}

fn shares(counts: &Counts) -> BTreeMap<&'static str, f64> {
    let total: u64 = counts.values().flat_map(BTreeMap::values).sum();
    let mut shares = BTreeMap::new();
    for ((method, endpoint), statuses) in counts {
        let count: u64 = statuses.values().sum();
        *shares.entry(kind(method, endpoint)).or_default() += 100.0 * count as f64 / total as f64;
    }
    shares
}

/// Answered requests are counted alike; one that was given up may still have been answered for the service.
fn assert_alike(ours: &Counts, theirs: &Counts) {
    let sum = |statuses: &BTreeMap<String, u64>| statuses.values().sum::<u64>();
    for (endpoint, statuses) in ours {
        let counted = &theirs[endpoint];
        assert_eq!(
            sum(statuses),
            sum(counted),
            "{endpoint:?}: {statuses:?}, {counted:?}"
        );
        for (status, count) in statuses.iter().filter(|(status, _)| *status != "none") {
            assert!(
                counted[status] >= *count,
                "{endpoint:?}: {statuses:?}, {counted:?}"
            );
        }
    }
    assert_eq!(ours.len(), theirs.len(), "{theirs:?}");
}

#[test]
fn the_crowd_reaches_every_operation_in_its_shares_and_errs_as_often_as_declared() {
    let service = service();
    let crowd = [
        "--users",
        "60",
        "--duration",
        "12",
        "--think-factor",
        "0.15",
    ];
    let (output, summary) = run(&service, &crowd);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let theirs = counted_by_service(&service);
    let ours = counted_by_throng(&summary);

    for operation in OPERATIONS.trim().lines() {
        let (method, endpoint) = operation.trim().split_once(' ').unwrap();
        let statuses = theirs.get(&(method.to_owned(), endpoint.to_owned()));
        let successes = statuses.map_or(0, |statuses| {
            let fine = statuses
                .iter()
                .filter(|(status, _)| status.starts_with('2'));
            fine.map(|(_, count)| *count).sum()
        });
        assert!(successes > 0, "{operation} never succeeded: {statuses:?}");
    }
    assert_alike(&ours, &theirs);

    let requests = &summary["requests"];
    assert_eq!(requests["unexpected"], 0, "{}", summary["errors"]);
    assert_eq!(requests["error"], 0, "{}", summary["errors"]);
    assert_eq!(
        summary["sessions"]["failed"], 0,
        "{}",
        summary["script_errors"]
    );
    let expected = requests["expected"].as_f64().unwrap();
    let share = 100.0 * expected / requests["total"].as_f64().unwrap();
    assert!(
        (13.0..=17.0).contains(&share),
        "{share} % of the requests were mistakes"
    );

    let shares = shares(&ours);
    for (kind, least, most) in SHARES {
        let share = shares[kind];
        assert!(
            (least..=most).contains(&share),
            "{kind} has {share} %: {shares:?}"
        );
    }
}

#[test]
fn a_crowd_that_never_errs_meets_no_refusal() {
    let service = service();
    let crowd = [
        "--users",
        "20",
        "--duration",
        "3",
        "--think-factor",
        "0.05",
        "--error-rate",
        "0",
    ];
    let (output, summary) = run(&service, &crowd);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let requests = &summary["requests"];
    let refused = ["expected", "unexpected", "error"].map(|outcome| requests[outcome].as_u64());
    assert_eq!(refused, [Some(0); 3], "{}", summary["endpoints"]);
    assert!(requests["ok"].as_u64() > Some(100), "{requests}");
}

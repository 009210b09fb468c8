//! What a run creates it deletes: at the end, after a stop, while it goes on; what it cannot delete it lists.

use std::path::Path;

use super::program::run;
use super::{Answer, Folder, Service, Target};
use crate::support::patience::until;

/// How the service logs people in, and its administrator.
const ACCOUNTS: &str = "
    auth.setup { login = { path = '/api/v1/auth/login', fields = { 'email', 'password' },
      token = '/access_token', refresh = '/refresh_token', expires_in = '/expires_in' } }
    local root = { email = 'admin@example.com', password = 'Admin-1234-local' }
    local function created(email)
      return { kind = 'user', id = '/id', as = root,
        delete = { path = '/api/v1/users/{id}' },
        find = { path = '/api/v1/users/email/{email}', params = { email = email } } }
    end
    local function form(email)
      return { username = random.username(), email = email, password = 'Secret-1234', name = 'Ann' }
    end
    local function register(opts)
      local email = random.email()
      opts.json, opts.creates = form(email), created(email)
      local res = http.post('/api/v1/users', opts)
      return res.ok and { id = res:json().id, email = email, password = 'Secret-1234' }
    end
";

/// Makes a user with a profile and a role of its own, and gives one the other.
const FAMILY: &str = "
    local function family(user)
      local person = register {}
      auth.login(person)
      http.post('/api/v1/users/{userId}/profile', { params = { userId = person.id }, json = { bio = 'x' },
        creates = { kind = 'profile', needs = { 'user' }, as = root, delete = { path = '/api/v1/users/{userId}/profile' } } })
      auth.login(root)
      local role = http.post('/api/v1/roles', { json = { name = 'r' .. random.string(12):lower(), display_name = 'R' },
        creates = { kind = 'role', id = '/id', as = root, delete = { path = '/api/v1/roles/{id}' } } }):json()
      http.post('/api/v1/users/{userId}/roles/{roleId}', { params = { userId = person.id, roleId = role.id },
        creates = { kind = 'assignment', needs = { 'user', 'role' }, as = root,
          delete = { path = '/api/v1/users/{userId}/roles/{roleId}' } } })
    end
";

/// What there is on the service: accounts that are not deleted, roles, permissions.
fn things(service: &Service) -> [usize; 3] {
    [
        service.list("/api/v1/users?is_deleted=false").len(),
        service.list("/api/v1/roles").len(),
        service.list("/api/v1/permissions").len(),
    ]
}

fn counted(service: &Service, endpoint: &str, status: &str) -> u64 {
    let key = (endpoint.to_owned(), status.to_owned());
    service.counted().get(&key).copied().unwrap_or(0)
}

#[test]
fn everything_that_a_run_created_is_deleted_what_needs_another_first() {
    let service = Service::start();
    let before = things(&service);
    let script = format!("{ACCOUNTS}{FAMILY} return {{ requests = 12, think = 0, step = family }}");
    let scripts = Folder::of("maker", &script);
    let words = ["--users", "3", "--ramp", "0", "--cleanup"];
    let ended = run(&service.url(), &scripts.path(), &words)
        .with_summary()
        .end()
        .with_code(0);
    assert_eq!(things(&service), before);
    // Six requests a family, twelve a session, three sessions.
    assert_eq!(counted(&service, "POST /api/v1/users", "201"), 6);
    assert_eq!(counted(&service, "DELETE /api/v1/users/{id}", "200"), 6);
    assert_eq!(
        counted(&service, "DELETE /api/v1/users/{userId}/profile", "204"),
        6
    );
    assert_eq!(
        counted(
            &service,
            "DELETE /api/v1/users/{userId}/roles/{roleId}",
            "200"
        ),
        6
    );
    assert_eq!(counted(&service, "DELETE /api/v1/roles/{id}", "204"), 6);
    // Clean-up is counted under a name of its own.
    let summary = ended.summary();
    let types = summary["types"].as_array().unwrap();
    let crowd = types.iter().find(|kind| kind["name"] == "_crowd").unwrap();
    assert_eq!(
        crowd["requests"]["ok"],
        24 + 1,
        "deletions and one login: {crowd:#}"
    );
    assert_eq!(summary["sessions"]["completed"], 3);
}

#[test]
fn without_clean_up_everything_stays() {
    let service = Service::start();
    let before = things(&service);
    let script = format!("{ACCOUNTS}{FAMILY} return {{ requests = 6, step = family }}");
    let scripts = Folder::of("maker", &script);
    run(
        &service.url(),
        &scripts.path(),
        &["--users", "2", "--ramp", "0"],
    )
    .end()
    .with_code(0);
    assert_eq!(things(&service), [before[0] + 2, before[1] + 2, before[2]]);
}

#[test]
fn the_stock_crowd_leaves_nothing_behind_when_it_is_stopped() {
    let service = Service::start();
    let before = things(&service);
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let words = [
        "--users",
        "10",
        "--ramp",
        "0.2",
        "--think-factor",
        "0.02",
        "--continuous",
        "--cleanup",
    ];
    let run = run(&service.url(), &scripts, &words).with_summary().start();
    until("accounts and more", || {
        counted(&service, "POST /api/v1/users", "201") >= 10
            && service.counted().values().sum::<u64>() > 500
    });
    run.signal("INT");
    let ended = run.end().with_code(0);
    assert_eq!(things(&service), before, "{}", ended.stderr);
    let made = counted(&service, "POST /api/v1/users", "201");
    assert!(made >= 10, "{made} users were made");
}

#[test]
fn what_was_never_confirmed_is_looked_up_and_deleted() {
    let service = Service::start();
    let before = things(&service);
    let script = format!(
        "{ACCOUNTS} return {{ requests = 3, think = 0, step = function() register {{ give_up_after = 0 }} end }}"
    );
    let scripts = Folder::of("hasty", &script);
    let words = ["--users", "4", "--ramp", "0", "--cleanup"];
    let ended = run(&service.url(), &scripts.path(), &words)
        .with_summary()
        .end()
        .with_code(0);
    let expected = ended.summary()["requests"]["expected"].as_u64().unwrap();
    assert!(expected >= 12, "twelve were given up");
    assert_eq!(things(&service), before);
    let looked_up = service
        .counted()
        .into_iter()
        .filter(|((endpoint, _), _)| endpoint == "GET /api/v1/users/email/{email}");
    assert_eq!(looked_up.map(|(_, count)| count).sum::<u64>(), 12);
}

/// Makes things, numbered by the target.
const THINGS: &str = "
    local function make(kind)
      http.post('/' .. kind, { creates = { kind = kind, id = '/id', delete = { path = '/' .. kind .. '/{id}' } } })
    end
";

fn made(request: &super::target::Request) -> Option<Answer> {
    (request.method == "POST")
        .then(|| Answer::Status(201, format!("{{\"id\":\"of{}\"}}", request.path)))
}

#[test]
fn of_what_was_never_confirmed_only_that_which_is_there_is_deleted() {
    let target = Target::new(
        |request| match (request.method.as_str(), request.path.as_str()) {
            ("POST", _) => Answer::Never,
            ("GET", "/things?name=t0") => {
                Answer::Status(200, r#"{"items":[{"id":41}]}"#.to_owned())
            }
            ("GET", "/things?name=t1") => Answer::Status(200, r#"{"items":[]}"#.to_owned()),
            ("GET", _) => Answer::Status(404, "{}".to_owned()),
            _ => Answer::ok(),
        },
    );
    let script = "return { requests = 1, step = function(user)
        http.post('/things', { give_up_after = 0.02, creates = { kind = 'thing', id = '/id',
          delete = { path = '/things/{id}' },
          find = { path = '/things?name={name}', params = { name = 't' .. user.id }, id = '/items/0/id' } } })
    end }";
    let scripts = Folder::of("t", script);
    let words = ["--users", "3", "--ramp", "0", "--cleanup"];
    run(&target.url(), &scripts.path(), &words)
        .end()
        .with_code(0);
    let requests = target.requests();
    let paths = |method: &str| {
        let of_method = requests.iter().filter(|request| request.method == method);
        let mut paths: Vec<&str> = of_method.map(|request| request.path.as_str()).collect();
        paths.sort_unstable();
        paths
    };
    assert_eq!(paths("POST"), ["/things"; 3]);
    assert_eq!(
        paths("GET"),
        ["/things?name=t0", "/things?name=t1", "/things?name=t2"]
    );
    assert_eq!(paths("DELETE"), ["/things/41"]);
}

#[test]
fn what_cannot_be_deleted_is_listed_and_fails_the_run() {
    let target = Target::new(|request| {
        made(request).unwrap_or_else(|| match request.path.split('/').nth(1).unwrap() {
            "kept" => Answer::Status(403, "{}".to_owned()),
            "sick" => Answer::Status(503, "{}".to_owned()),
            "mute" => Answer::Bytes(Vec::new()),
            _ => Answer::ok(),
        })
    });
    let script = format!(
        "{THINGS} return {{ requests = 5, think = 0, step = function()
            make 'kept' make 'sick' make 'mute' make 'fine'
            http.post('/lost', {{ timeout = 5, creates = {{ kind = 'lost', delete = {{ path = '/lost/{{id}}' }} }}, give_up_after = 0 }})
        end }}"
    );
    let scripts = Folder::of("maker", &script);
    let ended = run(
        &target.url(),
        &scripts.path(),
        &["--users", "1", "--cleanup"],
    )
    .end()
    .with_code(1);
    ended.said("left behind: kept of/kept: DELETE /kept/{id} returned 403");
    ended.said("left behind: sick of/sick: DELETE /sick/{id} returned 503 (5 tries)");
    ended.said("left behind: mute of/mute: ");
    ended.said("left behind: lost unknown: its creation was never confirmed, and there is no creates.find to look it up");
    assert!(!ended.stderr.contains("fine"), "{}", ended.stderr);
    let tries = |path: &str| {
        target
            .requests()
            .iter()
            .filter(|request| request.path == path)
            .count()
    };
    assert_eq!(tries("/kept/of%2Fkept"), 1, "a refusal is final");
    assert_eq!(tries("/sick/of%2Fsick"), 5);
    assert_eq!(tries("/fine/of%2Ffine"), 1);
}

#[test]
fn a_service_that_is_gone_before_the_clean_up_leaves_a_list() {
    let service = Service::start();
    let script = format!(
        "{ACCOUNTS} return {{ requests = 2, think = 0, step = function() register {{}} register {{}} think(100) end }}"
    );
    let scripts = Folder::of("maker", &script);
    let words = ["--users", "1", "--ramp", "0", "--cleanup"];
    let run = run(&service.url(), &scripts.path(), &words).start();
    until("two accounts", || {
        counted(&service, "POST /api/v1/users", "201") == 2
    });
    service.stop();
    run.signal("TERM");
    let ended = run.end().with_code(1);
    assert_eq!(
        ended.stderr.matches("left behind: user ").count(),
        2,
        "{}",
        ended.stderr
    );
    ended.said("(5 tries)");
}

#[test]
fn an_interval_cleans_up_while_the_run_goes_on() {
    let target = Target::new(|request| made(request).unwrap_or_else(Answer::ok));
    let script = format!(
        "{THINGS} return {{ requests = 1, think = 0.1, step = function() make 'thing' end }}"
    );
    let scripts = Folder::of("maker", &script);
    let words = [
        "--users",
        "2",
        "--ramp",
        "0",
        "--continuous",
        "--cleanup-interval",
        "1",
    ];
    let mut run = run(&target.url(), &scripts.path(), &words)
        .with_summary()
        .start();
    run.wait_for("things deleted");
    assert!(run.is_running());
    let requests = target.requests();
    let deleted = requests
        .iter()
        .filter(|request| request.method == "DELETE")
        .count();
    assert!(deleted > 2, "{deleted}");
    run.signal("INT");
    let ended = run.end().with_code(0);
    let requests = target.requests();
    let count = |method: &str| {
        requests
            .iter()
            .filter(|request| request.method == method)
            .count()
    };
    assert_eq!(count("POST"), count("DELETE"), "each once");
    assert_eq!(ended.summary()["requests"]["total"], requests.len());
}

#[test]
fn what_an_interval_could_not_delete_is_tried_again_at_the_end_and_listed() {
    let target = Target::new(|request| {
        made(request).unwrap_or_else(|| Answer::Status(403, "{}".to_owned()))
    });
    let script = format!(
        "{THINGS} return {{ requests = 1, think = 0.1, step = function(user)
        if user.session == 1 then make 'thing' else http.head '/more' end end }}"
    );
    let scripts = Folder::of("maker", &script.replace("http.head", "http.get"));
    let words = ["--users", "1", "--continuous", "--cleanup-interval", "1"];
    let run = run(&target.url(), &scripts.path(), &words).start();
    run.wait_for("of 1 things deleted");
    run.signal("INT");
    let ended = run.end().with_code(1);
    ended.said("left behind: thing of/thing: DELETE /thing/{id} returned 403");
    let tries = target
        .requests()
        .iter()
        .filter(|request| request.method == "DELETE")
        .count();
    assert_eq!(tries, 2);
}

#[test]
fn a_deletion_that_finds_none_of_a_kind_is_said_to_be_misspelt() {
    let service = Service::start();
    let script = format!(
        "{} return {{ requests = 1, think = 0, step = function() register {{}} end }}",
        ACCOUNTS.replace(
            "delete = { path = '/api/v1/users/{id}' }",
            "delete = { path = '/api/v1/user/{id}' }"
        )
    );
    let scripts = Folder::of("maker", &script);
    let words = ["--users", "2", "--ramp", "0", "--cleanup"];
    let ended = run(&service.url(), &scripts.path(), &words).end();
    ended.said("clean-up: /api/v1/user/{id} returned 404 or 410 for each user (2); is creates.delete.path right?");
}

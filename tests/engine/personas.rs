//! `lib/personas.lua`: who a target sees, by its own log.

use std::collections::BTreeMap;
use std::time::Duration;

use throng::engine::Ended;
use throng::plan::Length;

use super::{Folder, Run, Target};
use crate::support::target::Request;

const PERSONAS: &str = include_str!("../../lib/personas.lua");
const USERS: u32 = 2_000;

const SCRIPT: &str = "local personas = (require 'personas').new { country_header = 'X-Country' }
return {
    requests = 2, think = 0,
    headers = function(user)
        local headers = personas.headers(user)
        headers['X-User'] = user.id
        return headers
    end,
    step = function(user)
        local persona = personas.of(user)
        http.get('/', { query = { zone = persona.time_zone, device = persona.device } })
    end }";

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.head.iter().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn assert_fine(ended: &Ended) {
    let errors = &ended.snapshot.totals.script_errors;
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The requests of a run on so many threads, by user and in order.
fn seen(shards: usize) -> Vec<Request> {
    let target = Target::fine();
    let scripts = Folder::of("shop", SCRIPT).lib("personas.lua", PERSONAS);
    let run = Run::start(&target, &scripts, |plan| {
        plan.users = USERS;
        plan.shards = shards;
        plan.ramp = Some(Duration::from_secs(20));
    });
    let ended = run.end();
    assert_fine(&ended);
    let mut requests = target.requests();
    let user = |request: &Request| -> u32 { header(request, "x-user").unwrap().parse().unwrap() };
    requests.sort_by_key(user);
    requests
}

/// System and browser, as a reader of User-Agents tells them apart.
fn agent(agent: &str) -> String {
    let system = [
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Android", "Android"),
        ("Windows NT 10.0", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux x86_64", "Linux"),
    ];
    let browser = [
        ("Edg/", "Edge"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("CriOS/", "Chrome"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    let of = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(part, _)| agent.contains(part));
        found.unwrap_or_else(|| panic!("{agent}")).1
    };
    format!("{} {}", of(&system), of(&browser))
}

fn shares(words: impl Iterator<Item = String>) -> BTreeMap<String, f64> {
    let mut shares = BTreeMap::new();
    for word in words {
        *shares.entry(word).or_default() += 100.0 / f64::from(USERS);
    }
    shares
}

#[test]
fn a_target_counts_the_shares_of_the_tables_and_the_same_people_on_one_and_two_threads() {
    let requests = seen(1);
    assert_eq!(requests.len(), 2 * USERS as usize);
    // Both requests of a session are of one and the same person.
    for pair in requests.chunks(2) {
        assert_eq!(pair[0].path, pair[1].path);
        assert_eq!(pair[0].head, pair[1].head);
    }
    let one_each = || requests.iter().step_by(2);
    let counted = shares(one_each().map(|request| agent(header(request, "user-agent").unwrap())));
    for (agent, share) in [
        ("Android Chrome", 58.0 * 0.72 * 0.88 + 2.0 * 0.47 * 0.88),
        (
            "Android Samsung Internet",
            58.0 * 0.72 * 0.08 + 2.0 * 0.47 * 0.08,
        ),
        ("Android Firefox", 58.0 * 0.72 * 0.04 + 2.0 * 0.47 * 0.04),
        ("iOS Safari", 58.0 * 0.28 * 0.92),
        ("iOS Chrome", 58.0 * 0.28 * 0.08),
        ("Windows Chrome", 40.0 * 0.74 * 0.75),
        ("Windows Edge", 40.0 * 0.74 * 0.17),
        ("Windows Firefox", 40.0 * 0.74 * 0.08),
        ("macOS Chrome", 40.0 * 0.16 * 0.52),
        ("macOS Safari", 40.0 * 0.16 * 0.41),
        ("Linux Firefox", 40.0 * 0.06 * 0.34),
        ("ChromeOS Chrome", 40.0 * 0.04),
    ] {
        let seen = counted.get(agent).copied().unwrap_or(0.0);
        assert!(
            (seen - share).abs() < 3.0,
            "{agent}: {seen} % of {share} %: {counted:?}"
        );
    }
    let countries = shares(one_each().map(|one| header(one, "x-country").unwrap().to_owned()));
    for (country, share) in [
        ("US", 28.0),
        ("IN", 16.0),
        ("BR", 9.0),
        ("JP", 8.0),
        ("PT", 1.0),
    ] {
        let seen = countries[country];
        assert!(
            (seen - share).abs() < 3.0,
            "{country}: {seen} % of {share} %"
        );
    }

    // What goes together, and what does not.
    for request in one_each() {
        let of = |name: &str| header(request, name).unwrap_or_default();
        let (agent, language, country) = (
            agent(of("user-agent")),
            of("accept-language"),
            of("x-country"),
        );
        let first = language.split(',').next().unwrap();
        assert!(first.ends_with(country), "{language} in {country}");
        let is_chromium = of("user-agent").contains("Chrome/");
        assert_eq!(!of("sec-ch-ua-platform").is_empty(), is_chromium, "{agent}");
        let is_phone = request.path.contains("device=phone");
        assert_eq!(
            of("sec-ch-ua-mobile") == "?1",
            is_chromium && is_phone,
            "{agent}"
        );
        assert!(request.path.contains("zone=") && !agent.starts_with("iOS Edge"));
        if country == "BR" {
            assert!(request.path.contains("America%2F") && first == "pt-BR");
        }
        let address: std::net::IpAddr = of("x-forwarded-for").parse().unwrap();
        let is_reserved = match address {
            // RFC 5737 and RFC 3849.
            std::net::IpAddr::V4(address) => address.is_documentation(),
            std::net::IpAddr::V6(address) => address.segments()[..2] == [0x2001, 0xdb8],
        };
        assert!(is_reserved, "{address}");
    }

    let told = |requests: &[Request]| -> Vec<_> {
        let host = |line: &&String| !line.to_ascii_lowercase().starts_with("host:");
        let told = requests.iter().map(|request| {
            let head: Vec<_> = request.head.iter().filter(host).cloned().collect();
            (request.path.clone(), head)
        });
        told.collect()
    };
    assert_eq!(told(&requests), told(&seen(2)));
}

#[test]
fn who_comes_back_is_the_same_and_who_is_new_is_another() {
    for (returns, personas) in [("1", 1..=3), ("0", 30..=60)] {
        let target = Target::fine();
        let script = format!(
            "local personas = require 'personas'
            return {{ requests = 1, think = 0, returns = {returns}, headers = personas.headers,
                step = function() http.get '/' end }}"
        );
        let scripts = Folder::of("one", &script).lib("personas.lua", PERSONAS);
        let run = Run::start(&target, &scripts, |plan| {
            plan.users = 3;
            plan.length = Length::Sessions(60);
        });
        assert_fine(&run.end());
        let requests = target.requests();
        assert_eq!(requests.len(), 60);
        let person = |request: &Request| {
            let of = |name: &str| header(request, name).unwrap().to_owned();
            (
                of("user-agent"),
                of("accept-language"),
                of("x-forwarded-for"),
            )
        };
        let seen: std::collections::BTreeSet<_> = requests.iter().map(person).collect();
        assert!(personas.contains(&seen.len()), "{returns}: {}", seen.len());
    }
}

#[test]
fn tables_of_a_user_take_the_place_of_those_that_are_there_and_are_checked() {
    for (tables, words) in [
        ("5", "personas.new: a table of tables was expected"),
        (
            "{ device = {} }",
            "personas.new: there is no 'device'; there are: browsers, countries, country_header, devices, systems",
        ),
        (
            "{ devices = { watch = 1 } }",
            "personas.new: devices has no 'watch'; there are: desktop, phone, tablet",
        ),
        (
            "{ devices = { phone = 0 } }",
            "personas.new: the shares of devices add up to 0; give one of them a number above 0",
        ),
        (
            "{ devices = { phone = -1 } }",
            "personas.new: devices.phone is -1; a share is a number from 0 up, such as 1",
        ),
        (
            "{ browsers = { iOS = { Chrome = 'all' } } }",
            "personas.new: browsers.iOS.Chrome is \"all\"; a share is a number from 0 up, such as 1",
        ),
        (
            "{ browsers = 1 }",
            "personas.new: browsers is 1; it takes a table of tables of shares",
        ),
        (
            "{ countries = { [419] = 1 } }",
            "personas.new: countries has a name that is 419; write it as text, such as [\"419\"] = 1",
        ),
        (
            "{ countries = { ['419'] = true } }",
            "personas.new: countries[\"419\"] is true; it takes a share, or a table with share, languages and zones",
        ),
        (
            "{ countries = { ['419'] = { languages = { ['es-419'] = 1 } } } }",
            "personas.new: countries[\"419\"].share is nil; a share is a number from 0 up, such as 1",
        ),
        (
            "{ countries = { NO = { share = 1, languages = { 'nb-NO' } } } }",
            "personas.new: countries.NO.languages has a name that is 1; write it as text, such as [\"419\"] = 1",
        ),
        (
            "{ countries = { NO = { share = 1, languages = { ['nb NO'] = 1 } } } }",
            "personas.new: countries.NO.languages[\"nb NO\"] is no language; a tag has letters, digits and hyphens, such as es-419",
        ),
        (
            "{ systems = { phone = { Windows = 1 } } }",
            "personas.new: systems.phone has no 'Windows'; there are: Android, iOS",
        ),
        (
            "{ browsers = { iOS = { Firefox = 1 } } }",
            "personas.new: browsers.iOS has no 'Firefox'; there are: Chrome, Safari",
        ),
        (
            "{ countries = { XX = 1 } }",
            "personas.new: countries.XX is none of the known countries (BR, CA, DE, ES, FR, GB, IN, IT, JP, MX, NL, PT, US); give share, languages and zones of another",
        ),
        (
            "{ countries = { NO = { share = 1, languages = { ['nb-NO'] = 1 } } } }",
            "personas.new: countries.NO.zones is nil; it takes a table of names and shares, such as { name = 1 }",
        ),
        (
            "{ country_header = 5 }",
            "personas.new: country_header is 5; it takes the name of a header",
        ),
        (
            "{ country_header = 'a b' }",
            "personas.new: country_header is \"a b\"; a name has letters, digits and hyphens, and no blanks",
        ),
    ] {
        let script = format!(
            "local personas = require 'personas'\nlocal ours = personas.new({tables})\nreturn {{ step = function() end }}"
        );
        let folder = Folder::of("one", &script).lib("personas.lua", PERSONAS);
        assert_eq!(folder.fault(), format!("scripts/one.lua:2: {words}"));
    }

    let target = Target::fine();
    let script = "local personas = (require 'personas').new {
        devices = { phone = 1 }, systems = { phone = { iOS = 1 } },
        countries = { BR = 3, NO = { share = 1, languages = { ['nb-NO'] = 1 }, zones = { ['Europe/Oslo'] = 1 } } },
    }
    return { requests = 1, think = 0, headers = personas.headers, step = function() http.get '/' end }";
    let scripts = Folder::of("one", script).lib("personas.lua", PERSONAS);
    let run = Run::start(&target, &scripts, |plan| plan.users = 200);
    assert_fine(&run.end());
    let requests = target.requests();
    let norwegian = requests.iter().filter(|request| {
        assert!(header(request, "user-agent").unwrap().contains("iPhone"));
        match header(request, "accept-language").unwrap() {
            "nb-NO,nb;q=0.9" | "nb-NO,nb;q=0.9,en-US;q=0.8,en;q=0.7" => true,
            other => {
                assert!(other.starts_with("pt-BR,pt;q=0.9"), "{other}");
                false
            }
        }
    });
    assert!((30..70).contains(&norwegian.count()));
}

#[test]
fn regions_by_number_and_languages_alone_are_fine() {
    let target = Target::fine();
    let script = "local personas = (require 'personas').new {
        systems = { phone = { Android = 1 } }, devices = { phone = 1 },
        browsers = { Android = { Chrome = 1 } }, country_header = 'X-Country',
        countries = { ['419'] = {
            share = 1, languages = { ['es-419'] = 1, ['419'] = 1, eo = 1 }, zones = { ['Etc/UTC'] = 1 },
        } },
    }
    return { requests = 1, think = 0, headers = personas.headers, step = function() http.get '/' end }";
    let scripts = Folder::of("one", script).lib("personas.lua", PERSONAS);
    let run = Run::start(&target, &scripts, |plan| plan.users = 30);
    assert_fine(&run.end());
    let requests = target.requests();
    let seen = requests.iter().map(|request| {
        assert_eq!(header(request, "x-country"), Some("419"));
        header(request, "accept-language").unwrap()
    });
    let seen: std::collections::BTreeSet<_> = seen.collect();
    let expected = [
        "419,en-US;q=0.9,en;q=0.8",
        "eo,en-US;q=0.9,en;q=0.8",
        "es-419,es;q=0.9,en-US;q=0.8,en;q=0.7",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
}

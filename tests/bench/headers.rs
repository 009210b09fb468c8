//! The cost of a session's headers: `cargo bench --bench headers` prints what the head of a request takes without them,
//! with them, and where the request itself has one of their names.

#![allow(clippy::unwrap_used, reason = "a benchmark may fail where it stands")]

use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use throng::http::fuzz_api::write;
use throng::http::{Headers, Method, Origin, Request};

const ROUNDS: u32 = 2_000_000;
/// The best of so many, against what else the machine does.
const TRIES: u32 = 5;

fn main() {
    let (origin, _) = Origin::parse("http://127.0.0.1:8080/").unwrap();
    let mut plain = Request::new(Method::GET, Rc::new(origin), "/api/v1/users/17");
    plain
        .headers
        .push("Authorization", "Bearer 0123456789abcdef")
        .unwrap();
    let mut with = plain.clone();
    with.default_headers = Some(Rc::new(persona()));
    let mut own = with.clone();
    own.headers.push("Accept-Language", "de").unwrap();
    let none = each(&plain);
    println!("without            {none:8.1} ns a request");
    for (what, request) in [("with seven", &with), ("one of them is own", &own)] {
        let spent = each(request);
        println!(
            "{what:<18} {spent:8.1} ns a request, {:+.1} ns",
            spent - none
        );
    }
}

/// What `lib/personas.lua` gives a phone.
fn persona() -> Headers {
    let mut headers = Headers::new();
    for (name, value) in [
        ("Accept-Language", "pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7"),
        ("CF-IPCountry", "BR"),
        (
            "Sec-CH-UA",
            "\"Chromium\";v=\"141\", \"Google Chrome\";v=\"141\", \"Not?A_Brand\";v=\"8\"",
        ),
        ("Sec-CH-UA-Mobile", "?1"),
        ("Sec-CH-UA-Platform", "\"Android\""),
        (
            "User-Agent",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
        ),
        ("X-Forwarded-For", "2001:db8:1c4:9f02::17"),
    ] {
        headers.push(name, value).unwrap();
    }
    headers
}

/// Nanoseconds of building a request of a call and writing its head.
fn each(of: &Request) -> f64 {
    let mut out = Vec::with_capacity(4_096);
    let mut best = f64::INFINITY;
    for _ in 0..TRIES {
        let began = Instant::now();
        for _ in 0..ROUNDS {
            // As the pipeline does for each request: the headers are those of the session, by a pointer.
            let mut request =
                Request::new(of.method.clone(), Rc::clone(&of.origin), of.target.clone());
            request.headers = of.headers.clone();
            request.default_headers = of.default_headers.clone();
            out.clear();
            write(&mut out, black_box(&request), None);
            black_box(&out);
        }
        best = best.min(began.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS));
    }
    best
}

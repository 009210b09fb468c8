//! A small shop of pages, which checks what browsers send: sessions, CSRF tokens that are good once, forms, caches.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

/// What a shop has seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Seen {
    pub logins: u64,
    pub orders: u64,
    pub logouts: u64,
    /// Assets that went out as a whole.
    pub assets: u64,
    /// Assets that were asked for by their validators, and had not changed.
    pub not_modified: u64,
    /// Requests that no browser would send: which, and why.
    pub refused: Vec<String>,
}

#[derive(Default)]
struct Session {
    token: String,
    user: Option<String>,
    cart: Vec<(u64, u64)>,
}

#[derive(Default)]
struct Shop {
    sessions: HashMap<String, Session>,
    tokens: u64,
    seen: Seen,
}

type Shared = Arc<Mutex<Shop>>;

/// A shop on a thread of its own, which ends with the process.
pub struct RunningShop {
    pub address: SocketAddr,
    shop: Shared,
}

impl RunningShop {
    pub fn start() -> Self {
        let shop = Shared::default();
        let router = Router::new()
            .route("/", get(front))
            .route("/login", get(login))
            .route("/session", post(log_in))
            .route("/logout", post(log_out))
            .route("/products/{id}", get(product))
            .route("/cart", get(cart).post(add))
            .route("/orders", post(order))
            .route("/static/{name}", get(asset))
            .with_state(Arc::clone(&shop));
        Self {
            address: super::serve_router(router),
            shop,
        }
    }

    pub fn seen(&self) -> Seen {
        self.shop.lock().unwrap().seen.clone()
    }
}

/// A page with a fresh token in it where `{}` stands.
fn page(shop: &mut Shop, id: &str, body: &str) -> Response {
    shop.tokens += 1;
    let token = format!("t&{}", shop.tokens);
    let session = shop.sessions.entry(id.to_owned()).or_default();
    session.token.clone_from(&token);
    let hidden = format!(
        "<input type=hidden name=csrf value=\"{}\">",
        token.replace('&', "&amp;")
    );
    let html = format!(
        "<!doctype html><link rel=stylesheet href=/static/fresh.css><script src=/static/app.js></script>{}",
        body.replace("{}", &hidden)
    );
    Response::builder()
        .header("content-type", "text/html; charset=utf-8")
        .header("set-cookie", format!("sid={id}; HttpOnly; Path=/"))
        .body(Body::from(html))
        .unwrap()
}

/// The id of the session, or another one.
fn session_of(shop: &mut Shop, headers: &HeaderMap) -> String {
    let cookies = headers.get("cookie").and_then(|value| value.to_str().ok());
    let mut cookies = cookies.unwrap_or_default().split("; ");
    let id = cookies.find_map(|cookie| cookie.strip_prefix("sid="));
    match id.filter(|id| shop.sessions.contains_key(*id)) {
        Some(id) => id.to_owned(),
        None => format!("s{}", shop.sessions.len() + 1),
    }
}

fn see_other(place: &str) -> Response {
    (StatusCode::SEE_OTHER, [("location", place.to_owned())]).into_response()
}

async fn front(State(shop): State<Shared>, headers: HeaderMap) -> Response {
    let shop = &mut *shop.lock().unwrap();
    let id = session_of(shop, &headers);
    let user = shop.sessions.get(&id).and_then(|one| one.user.clone());
    let account = user.map_or_else(String::new, |user| {
        format!(
            "<p id=account>{user}</p><form id=logout method=post action=/logout>{{}}\
             <button>Log out</button></form>"
        )
    });
    let body = format!(
        "<title>Shop</title>{account}<ul id=products><li><a href=/products/1>One</a>\
         <li><a href='products/2#top'>Two</a></ul><a href=/login>Log in</a>\
         <img src=/static/1.png><img src='static/2.png'><img src=//elsewhere.invalid/ad.png>"
    );
    page(shop, &id, &body)
}

async fn login(State(shop): State<Shared>, headers: HeaderMap) -> Response {
    let shop = &mut *shop.lock().unwrap();
    let id = session_of(shop, &headers);
    page(
        shop,
        &id,
        "<form action=/search><input name=q></form><form id=login method=post action=/session>{}\
         <input name=email type=email><input name=password type=password>\
         <input type=checkbox name=stay value=1 checked><button name=do value=login>Log in</button></form>",
    )
}

async fn product(
    State(shop): State<Shared>,
    Path(number): Path<u64>,
    headers: HeaderMap,
) -> Response {
    let shop = &mut *shop.lock().unwrap();
    let id = session_of(shop, &headers);
    page(
        shop,
        &id,
        &format!(
            "<h1>Product {number}</h1><img src=/static/{number}.png><form class=buy method=post action=/cart>{{}}\
             <input type=hidden name=product value={number}><select name=quantity><option>1<option>2<option>3</select>\
             <button>Buy</button></form>"
        ),
    )
}

async fn cart(State(shop): State<Shared>, headers: HeaderMap) -> Response {
    let shop = &mut *shop.lock().unwrap();
    let id = session_of(shop, &headers);
    let rows: String = shop.sessions.get(&id).map_or_else(String::new, |session| {
        let rows = session.cart.iter();
        rows.map(|(product, count)| format!("<tr><td>{product}<td>{count}"))
            .collect()
    });
    page(
        shop,
        &id,
        &format!(
            "<table id=cart><tbody>{rows}</table><form id=checkout method=post action=orders \
             enctype=multipart/form-data>{{}}<textarea name=address></textarea>\
             <input type=checkbox name=gift value=wrapped><button name=pay value=now>Pay</button></form>"
        ),
    )
}

/// The fields of a form whose token is that of the page before; a response for anything else.
async fn fields(
    shop: &Shared,
    request: Request,
) -> Result<(String, Vec<(String, String)>), Response> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    let text = |name: &str| {
        let value = head.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let kind = text("content-type");
    let fields: Vec<(String, String)> = match kind.split_once("boundary=") {
        Some((_, boundary)) => body
            .split(&format!("--{boundary}"))
            .filter_map(|part| {
                let (head, value) = part.split_once("\r\n\r\n")?;
                let name = head.split("name=\"").nth(1)?.split('"').next()?;
                Some((name.to_owned(), value.trim_end_matches("\r\n").to_owned()))
            })
            .collect(),
        None => url::form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect(),
    };
    let shop = &mut *shop.lock().unwrap();
    let id = session_of(shop, &head.headers);
    let given = fields.iter().find(|(name, _)| name == "csrf");
    let given = given.map(|(_, value)| value.clone()).unwrap_or_default();
    // Good once.
    let wanted = shop
        .sessions
        .get_mut(&id)
        .map(|session| std::mem::take(&mut session.token));
    let origin = format!("http://{}", text("host"));
    let why = if wanted.is_none_or(|wanted| wanted.is_empty() || wanted != given) {
        "its token is another one"
    } else if text("origin") != origin || !text("referer").starts_with(&origin) {
        "it does not come from a page of the shop"
    } else {
        return Ok((id, fields));
    };
    let line = format!("{} {}: {why}: {body}", head.method, head.uri);
    shop.seen.refused.push(line);
    Err((StatusCode::FORBIDDEN, "forged").into_response())
}

fn has(fields: &[(String, String)], name: &str, value: &str) -> bool {
    fields
        .iter()
        .any(|(other, held)| other == name && held == value)
}

async fn log_in(State(shop): State<Shared>, request: Request) -> Response {
    let (id, fields) = match fields(&shop, request).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let shop = &mut *shop.lock().unwrap();
    let is_right = has(&fields, "email", "a@example.com")
        && has(&fields, "password", "se cret&")
        && has(&fields, "do", "login")
        && has(&fields, "stay", "1");
    if !is_right {
        return page(shop, &id, "<p class=error>Wrong name or password</p>");
    }
    shop.seen.logins += 1;
    shop.sessions.entry(id).or_default().user = Some("a@example.com".to_owned());
    see_other("/")
}

async fn log_out(State(shop): State<Shared>, request: Request) -> Response {
    let (id, _) = match fields(&shop, request).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let shop = &mut *shop.lock().unwrap();
    shop.seen.logouts += 1;
    shop.sessions.entry(id).or_default().user = None;
    see_other("/")
}

async fn add(State(shop): State<Shared>, request: Request) -> Response {
    let (id, fields) = match fields(&shop, request).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let number = |name: &str| {
        let field = fields.iter().find(|(other, _)| other == name);
        field.and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let shop = &mut *shop.lock().unwrap();
    match (number("product"), number("quantity")) {
        (Some(product), Some(quantity @ 1..=3)) => {
            let session = shop.sessions.entry(id).or_default();
            session.cart.push((product, quantity));
            see_other("/cart")
        }
        _ => {
            shop.seen.refused.push(format!("POST /cart: {fields:?}"));
            StatusCode::UNPROCESSABLE_ENTITY.into_response()
        }
    }
}

async fn order(State(shop): State<Shared>, request: Request) -> Response {
    let (id, fields) = match fields(&shop, request).await {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let shop = &mut *shop.lock().unwrap();
    let session = shop.sessions.entry(id.clone()).or_default();
    let has_address = fields
        .iter()
        .any(|(name, value)| name == "address" && !value.is_empty());
    let is_gift = fields
        .iter()
        .all(|(name, value)| name != "gift" || value == "wrapped");
    if session.cart.is_empty() || !has_address || !is_gift || !has(&fields, "pay", "now") {
        shop.seen.refused.push(format!("POST /orders: {fields:?}"));
        return page(shop, &id, "<p class=error>No order</p>");
    }
    session.cart.clear();
    shop.seen.orders += 1;
    let number = shop.seen.orders;
    page(
        shop,
        &id,
        &format!("<p id=confirmation>Your order is <b>{number}</b></p>"),
    )
}

async fn asset(
    State(shop): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let shop = &mut *shop.lock().unwrap();
    let tag = format!("\"{name}\"");
    if headers
        .get("if-none-match")
        .is_some_and(|given| given == tag.as_str())
    {
        shop.seen.not_modified += 1;
        return StatusCode::NOT_MODIFIED.into_response();
    }
    shop.seen.assets += 1;
    let rule = if name.starts_with("fresh") {
        "max-age=3600"
    } else {
        "no-cache"
    };
    let fields = [("cache-control", rule.to_owned()), ("etag", tag)];
    (fields, format!("the content of {name}")).into_response()
}

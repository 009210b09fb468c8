use axum::body::Bytes;

/// One server-sent event. Its data is JSON on one line, which needs no escaping.
pub fn event(name: &str, id: u64, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\nid: {id}\ndata: {data}\n\n"))
}

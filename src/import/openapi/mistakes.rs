//! Mistakes of users: things that are not there, and bodies that are not valid.

use super::refusals::says;
use super::requests::{Writer, step_name};
use crate::import::{Action, Body, Step, Value};

/// A request that the service has to refuse, for an operation that says how it does so.
pub(super) fn step(writer: &mut Writer<'_>, number: usize) -> Option<Step> {
    let operation = &writer.document.operations[number];
    let refused = |wanted: &[u16]| -> Vec<u16> {
        let statuses = wanted.iter().filter(|status| says(operation, **status));
        statuses.copied().collect()
    };
    let (mut request, _) = writer.request(number);
    let (what, expect) = match operation.method.as_str() {
        "GET" | "DELETE" | "PUT" | "PATCH" if !request.params.is_empty() => {
            let expect = refused(&[400, 404, 422]);
            if !expect.contains(&404) {
                return None;
            }
            for (_, value) in &mut request.params {
                *value = Value::Call("random.uuid", Vec::new());
            }
            ("of nothing", expect)
        }
        "POST" if matches!(request.body, Body::Json(_)) => {
            let expect = refused(&[400, 422]);
            request.body = Body::Json(Value::Object(Vec::new()));
            ("without fields", expect)
        }
        _ => return None,
    };
    if expect.is_empty() {
        return None;
    }
    request.expect = expect;
    request.fine = false;
    let name = writer.name(&format!("{} {what}", step_name(operation)));
    let mut step = Step::new(name, vec![Action::Request(Box::new(request))]);
    step.comments
        .push("A mistake: the service has to refuse it.".to_owned());
    Some(step)
}

//! What a run covers of a contract, wherever its users are.

use serde_json::json;

use super::{all_end, run, workers};
use crate::support::nats::Nats;
use crate::support::program;
use crate::support::scripts::Folder;
use crate::support::target::Target;

const SCRIPT: &str = "
    return { requests = 3, think = 0,
      steps = { { 1, function(user)
        http.get('/page/{id}', { params = { id = user.id } })
        if user.id % 2 == 0 then http.get('/even') end
      end } } }";

#[test]
fn what_workers_cover_of_a_contract_is_what_one_machine_covers() {
    let answer =
        |schema| json!({"200": {"description": "", "content": {"text/plain": {"schema": schema}}}});
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "pages", "version": "1"},
        "paths": {
            "/page/{id}": {"get": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
                "responses": answer(json!({})),
            }},
            "/even": {"get": {"responses": answer(json!({}))}},
            "/never": {"get": {"responses": answer(json!({}))}},
        },
    });
    let scripts = Folder::of("asker", SCRIPT).file("openapi.json", document.to_string());
    let file = scripts.at("openapi.json");
    let words = [
        "--users",
        "6",
        "--ramp",
        "0",
        "--openapi",
        file.to_str().unwrap(),
    ];
    let alone = Target::fine();
    let ended = program::run(&alone.url(), &scripts.path(), &words);
    let expected = ended.with_summary().end().with_code(0).summary();
    let (nats, target) = (Nats::start(), Target::fine());
    let workers = workers(&nats, 2, 1);
    let ended = run(&nats, 2, &target.url(), &scripts.path(), &words);
    let summary = ended.with_summary().end().with_code(0).summary();
    all_end(workers);
    assert_eq!(target.count(), alone.count());
    let operations = &summary["coverage"]["operations"];
    assert_eq!(
        (&operations["covered"], &operations["total"]),
        (&json!(2), &json!(3)),
        "{summary:#}"
    );
    assert_eq!(summary["coverage"], expected["coverage"]);
}

//! Reads the response to a look-up: whether an item exists, and under which id.

use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::ledger::Lookup;
use crate::request::entity_id::{NoId, at, document, id_of, items};

/// The id of the thing in the answer of a look-up; none when it says that the thing does not exist.
///
/// # Errors
/// When the answer does not have the shape that `creates.find` says: that a thing is gone does not follow from it.
pub fn found(find: &Lookup, body: &[u8]) -> Result<Option<String>, String> {
    let path = &find.path;
    let answer = document(body).map_err(|why| format!("{path} answered no JSON: {why}"))?;
    let candidates = match &find.list {
        None if answer.get() == "null" => Vec::new(),
        None => vec![answer],
        Some(list) => at(answer, list)
            .and_then(items)
            .ok_or_else(|| format!("{path} responded without a list at {list}"))?,
    };
    let Some(item) = candidates.into_iter().find(|item| is_it(find, item)) else {
        return Ok(None);
    };
    match at(item, &find.id).map(id_of) {
        // `/items/0/id` of an empty list.
        None if lacks_an_item(item, &find.id) => Ok(None),
        None if item.get().starts_with('[') => Err(format!(
            "{path} responded with a list, which has no {}; `list = \"\"` in find looks for the item in it",
            find.id
        )),
        None => Err(format!("{path} responded without an id at {}", find.id)),
        Some(Ok(id)) => Ok(Some(id)),
        Some(Err(NoId::Null)) => Ok(None),
        Some(Err(what)) => Err(format!(
            "{path} responded with {what} at {}, which is not an id",
            find.id
        )),
    }
}

/// Whether an item has the fields of the thing.
fn is_it(find: &Lookup, item: &RawValue) -> bool {
    if find.fields.is_empty() {
        return true;
    }
    let Ok(item) = serde_json::from_str::<Json>(item.get()) else {
        return false;
    };
    let mut fields = find.fields.iter();
    fields.all(|(name, value)| item.get(name) == Some(value))
}

/// Whether a pointer (RFC 6901) leads to an item that a list does not have. One that names a member of a list, where
/// only an index leads on, is of another shape than the answer.
fn lacks_an_item(answer: &RawValue, pointer: &str) -> bool {
    let ends = pointer.match_indices('/').map(|(end, _)| end);
    let there = ends.map_while(|end| Some((end, at(answer, &pointer[..end])?)));
    let Some((end, value)) = there.last() else {
        return false;
    };
    let next = pointer[end + 1..].split('/').next().unwrap_or_default();
    let is_index = !next.is_empty() && next.bytes().all(|sign| sign.is_ascii_digit());
    is_index && value.get().starts_with('[')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use std::collections::BTreeMap;

    use super::*;

    fn of(find: &Lookup, answer: &Json) -> Result<Option<String>, String> {
        found(find, answer.to_string().as_bytes())
    }

    #[test]
    fn the_thing_in_a_list_is_the_one_that_has_its_fields() {
        let mut find = Lookup {
            path: String::new(),
            list: Some("/items".to_owned()),
            fields: BTreeMap::from([("name".to_owned(), json!("a.3"))]),
            id: "/id".to_owned(),
        };
        let answer = json!({ "items": [{ "id": 1, "name": "a.31" }, { "id": 2, "name": "a.3" }] });
        assert_eq!(of(&find, &json!({ "items": [] })), Ok(None));
        let other = json!({ "items": [{ "id": 1, "name": "b" }] });
        assert_eq!(of(&find, &other), Ok(None));
        assert_eq!(of(&find, &answer), Ok(Some("2".to_owned())));
        find.list = None;
        find.fields.clear();
        find.id = "/items/0/id".to_owned();
        assert_eq!(of(&find, &answer), Ok(Some("1".to_owned())));
        assert_eq!(of(&find, &json!({ "items": [{ "id": null }] })), Ok(None));
        assert_eq!(of(&find, &json!({ "items": [] })), Ok(None));
        assert_eq!(of(&find, &Json::Null), Ok(None));
    }

    #[test]
    fn what_is_no_id_does_not_become_one() {
        let mut find = Lookup {
            path: "/things".to_owned(),
            list: None,
            fields: BTreeMap::new(),
            id: "/id".to_owned(),
        };
        for (value, words) in [
            (json!(""), "an empty text"),
            (json!(".."), "a text that makes a dot segment"),
            (json!(true), "a boolean"),
            (json!([1]), "a list"),
            (json!({}), "an object"),
            (json!(1.5), "a number that is not an integer"),
        ] {
            let why = format!("/things responded with {words} at /id, which is not an id");
            assert_eq!(of(&find, &json!({ "id": value })), Err(why));
        }
        let long = b"[{\"id\":123456789012345678901,\"n\":\"a\"},{\"id\":123456789012345678902,\"n\":\"b\"}]";
        find.list = Some(String::new());
        find.fields = BTreeMap::from([("n".to_owned(), json!("b"))]);
        assert_eq!(
            found(&find, long),
            Ok(Some("123456789012345678902".to_owned()))
        );
    }

    #[test]
    fn an_answer_of_another_shape_does_not_say_that_a_thing_is_gone() {
        let mut find = Lookup {
            path: "/things".to_owned(),
            list: Some("/items".to_owned()),
            fields: BTreeMap::new(),
            id: "/id".to_owned(),
        };
        let why = |find: &Lookup, answer| of(find, &answer).err().unwrap_or_default();
        for answer in [json!({ "other": 1 }), json!({ "items": {} })] {
            assert_eq!(
                why(&find, answer),
                "/things responded without a list at /items"
            );
        }
        let without = "/things responded without an id at /id";
        assert_eq!(why(&find, json!({ "items": [{ "name": "a" }] })), without);
        find.list = None;
        assert_eq!(why(&find, json!({})), without);
        find.id = "/items/0/id".to_owned();
        assert!(why(&find, json!({ "items": {} })).ends_with(" without an id at /items/0/id"));
        find.id = "/id".to_owned();
        assert_eq!(why(&find, json!("text")), without);
        for list in [json!([]), json!([{ "id": 1 }])] {
            let words = why(&find, list);
            assert!(
                words.starts_with("/things responded with a list, which has no /id; "),
                "{words}"
            );
        }
        find.id = "/items/id".to_owned();
        let within = why(&find, json!({ "items": [{ "id": 1 }] }));
        assert_eq!(within, "/things responded without an id at /items/id");
    }
}

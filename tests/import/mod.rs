//! What an import writes is what it read, whatever that was: no text of a file becomes code.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Lua, LuaString, Table, Value as LuaValue};
use throng::import::request::Between;
use throng::import::{
    Action, Behaviour, Body, Extraction, Import, Name, Place, Request, Step, Value, lua,
};

/// Pieces that would end a string or a comment, or begin something, where they are not escaped.
const PIECES: [&str; 24] = [
    "\"",
    "'",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "]]",
    "[[",
    "--[[",
    "--",
    "\0",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "\") pwned() --",
    "') pwned() --",
    "]] pwned() --[[",
    "\npwned()\n",
    "${x}",
    "%s",
    "\\z\n",
    "\\\n",
    "ü€𝕏",
    "end",
];

/// Numbers that look random, the same each time (Lehmer, 1951).
struct Draw(u64);

impl Draw {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }

    fn text(&mut self) -> String {
        let count = self.below(6);
        (0..count)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }
}

/// An import with such texts wherever a text can stand.
fn hostile(draw: &mut Draw, sent: &str) -> Import {
    let mut request = Request::new("POST", "/fixed");
    request.query = vec![
        ("q".to_owned(), Value::text(sent)),
        (draw.text(), Value::Bytes(vec![0, 255, b'"', b'\n'])),
    ];
    request.headers = vec![(draw.text(), Value::text(draw.text()))];
    request.body = Body::Json(Value::Object(vec![
        (
            format!("k{}", draw.text()),
            Value::List(vec![Value::text(sent), Value::Null]),
        ),
        ("sent".to_owned(), Value::text(sent)),
    ]));
    request.name = Some(draw.text());
    request.comments = vec![draw.text(), format!("x{}", draw.text())];
    let variable = Name::of(&draw.text(), "value");
    request.extract = vec![
        Extraction {
            variable: variable.clone(),
            place: Place::Word(draw.text()),
            required: false,
        },
        Extraction {
            variable,
            place: Place::Between(Between {
                begin: draw.text(),
                end: draw.text(),
            }),
            required: false,
        },
    ];
    let mut behaviour = Behaviour::new(Name::of(&draw.text(), "visitor"));
    behaviour.about = vec![draw.text()];
    behaviour.headers = vec![("User-Agent".to_owned(), Value::text(draw.text()))];
    let mut step = Step::new(
        format!("s{}", draw.text()),
        vec![Action::Request(Box::new(request))],
    );
    step.comments = vec![draw.text()];
    step.next = vec![(step.name.clone(), 0.5), ("leave".to_owned(), 0.5)];
    behaviour.steps.push(step);
    Import {
        behaviours: vec![behaviour],
        base_url: Some(draw.text()),
        ..Import::default()
    }
}

#[test]
fn no_text_of_an_import_becomes_code() {
    let mut draw = Draw(7);
    for round in 0..400 {
        let sent = draw.text();
        let import = hostile(&mut draw, &sent);
        let file = lua::scripts(&import).remove(0);
        let lua = Lua::new();
        let pwned = Rc::new(RefCell::new(0));
        let counted = Rc::clone(&pwned);
        let globals = lua.globals();
        globals
            .set(
                "pwned",
                lua.create_function(move |_, ()| {
                    *counted.borrow_mut() += 1;
                    Ok(())
                })
                .unwrap(),
            )
            .unwrap();
        let received: Rc<RefCell<Vec<Table>>> = Rc::default();
        let kept = Rc::clone(&received);
        let http = lua.create_table().unwrap();
        http.set(
            "post",
            lua.create_function(move |lua, (path, options): (String, Table)| {
                assert_eq!(path, "/fixed");
                kept.borrow_mut().push(options);
                let response = lua.create_table()?;
                response.set("match", lua.create_function(|_, _: LuaValue| Ok(()))?)?;
                Ok(response)
            })
            .unwrap(),
        )
        .unwrap();
        globals.set("http", http).unwrap();
        let json = lua.create_table().unwrap();
        json.set("null", "null").unwrap();
        globals.set("json", json).unwrap();
        let user = lua.create_table().unwrap();
        user.set("state", lua.create_table().unwrap()).unwrap();

        let contract: Table = lua
            .load(&file.text)
            .eval()
            .unwrap_or_else(|why| panic!("round {round}: {why}\n{}", file.text));
        let steps: Table = contract.get("steps").unwrap();
        let step: Table = steps.get(1).unwrap();
        let name: LuaString = step.get("name").unwrap();
        assert_eq!(
            name.as_bytes().to_vec(),
            import.behaviours[0].steps[0].name.as_bytes()
        );
        let function: mlua::Function = step.get(2).unwrap();
        function.call::<()>(user).unwrap();
        assert_eq!(*pwned.borrow(), 0, "{}", file.text);
        let received = received.borrow();
        for table in ["query", "json"] {
            let table: Table = received[0].get(table).unwrap();
            let key = if table.contains_key("sent").unwrap() {
                "sent"
            } else {
                "q"
            };
            let value: LuaValue = table.get(key).unwrap();
            // A name may stand twice in a query: then it is a list.
            let text = match value {
                LuaValue::Table(list) => list.get::<LuaString>(1).unwrap(),
                LuaValue::String(text) => text,
                other => panic!("{other:?}"),
            };
            assert_eq!(text.as_bytes().to_vec(), sent.as_bytes(), "{}", file.text);
        }
        let plan = lua::plan(&import, "day.csv").unwrap();
        let plan: toml::Table = toml::from_str(&plan).unwrap();
        assert_eq!(plan["base_url"].as_str(), import.base_url.as_deref());
    }
}

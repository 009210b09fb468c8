//! The values that the stock modules make up, against the service's own rules.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Lua, LuaSerdeExt};
use serde_json::Value;
use throng::random::{Purpose, Stream};
use throng::script::api::random::{self, Identity, Source};
use user_service::rules;

thread_local! {
    static USER: RefCell<Option<(Stream, Identity)>> = const { RefCell::new(None) };
}

/// The user who makes values up: each test has a thread of its own.
struct Present;

impl Source for Present {
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R> {
        USER.with_borrow_mut(|user| {
            user.as_mut()
                .map(|(stream, identity)| act(stream, identity))
        })
    }
}

/// What the modules call, without a target: each request is handed to `sent`, and answered with an id.
const AROUND: &str = r#"
    package.path = "lib/?.lua"
    vars, json, auth = {}, { array = function(list) return list end }, { setup = function() end }
    think = function() end
    local res = { ok = true, status = 201, json = function(_, at) return at and random.uuid() or { id = random.uuid() } end }
    local function send(method)
      return function(path, opts)
        if opts and opts.json then sent(method .. " " .. path, opts.json) end
        return res
      end
    end
    http = { post = send "POST", put = send "PUT", get = send "GET", delete = send "DELETE" }
    http.request = function(method, path, opts) return send(method)(path, opts) end

    local accounts, people, profiles = require "accounts", require "people", require "profiles"
    local roles, permissions = require "roles", require "permissions"
    function everything()
      local account = accounts.register { guest = random.chance(0.3) }
      accounts.change_password(account)
      people.edit(account)
      people.reset_password(account)
      profiles.create(account)
      profiles.edit(account)
      local role = roles.create()
      roles.edit(role)
      roles.lend_all(account, { role, roles.create() })
      permissions.edit(permissions.create())
    end
"#;

/// The service's verdict on one field, whatever it is a field of.
fn verdict(field: &str, value: &Value) -> Result<(), String> {
    let fits = match field {
        "username" => rules::username(value).err(),
        "email" => rules::email(value).err(),
        "password" => rules::password(value).err(),
        "newPassword" => rules::password(value).err(),
        "oldPassword" | "resetToken" => rules::secret(value).err(),
        "phone_number" => rules::phone(value).err(),
        "document_number" => rules::document(value).err(),
        "bio" | "description" => rules::prose(value).err(),
        "website" => rules::link(value).err(),
        "location" | "company" | "display_name" => rules::title(value).err(),
        "birth_date" => rules::date(value).err(),
        "timezone" => rules::timezone(value).err(),
        "language" => rules::language(value).err(),
        "is_public" => rules::boolean(value).err(),
        "resource" | "action" => rules::slug(value).err(),
        "roleIds" => rules::ids(value).err(),
        other => Some(format!("{other} is a field that this test does not know").into()),
    };
    fits.map_or(Ok(()), |why| Err(why.into_owned()))
}

/// A round of all that the modules make up for each of these users; gives the number of values.
fn hold(users: impl IntoIterator<Item = u64>) -> u64 {
    let lua = Lua::new();
    let table = random::table::<Present>(&lua, None, |_| Ok(false)).unwrap();
    lua.globals().set("random", table).unwrap();
    let count = Rc::new(RefCell::new(0));
    let counted = Rc::clone(&count);
    let sent = lua.create_function(move |lua, (request, body): (String, mlua::Value)| {
        let body: Value = lua.from_value(body)?;
        for (field, value) in body.as_object().unwrap() {
            // A name is that of a person or of a role, by who asks for it.
            let fits = match field.as_str() {
                "name" if request.ends_with("/users") || request.ends_with("/users/{id}") => {
                    rules::title(value).map(drop).map_err(Into::into)
                }
                "name" => rules::slug(value).map(drop).map_err(Into::into),
                field => verdict(field, value),
            };
            assert_eq!(fits, Ok(()), "{request}: {field} = {value}");
            *counted.borrow_mut() += 1;
        }
        Ok(())
    });
    lua.globals().set("sent", sent.unwrap()).unwrap();
    lua.load(AROUND).exec().unwrap();
    let everything: mlua::Function = lua.globals().get("everything").unwrap();
    for user in users {
        let stream = Stream::new(11, user, Purpose::Data);
        // As long as the id of a run and the number of a user ever are.
        let identity = Identity::new(Rc::from("k7f2abcd"), 999_999 - user % 1_000_000);
        USER.set(Some((stream, identity)));
        everything.call::<()>(()).unwrap();
    }
    count.take()
}

/// A sample of the users of a million: each run of the suite draws the same ones, and another seed draws others. All
/// million take minutes in a debug build: `THRONG_DRAWS=1000000 cargo test --release a_sample_of_a_million`.
#[test]
fn the_service_takes_what_the_modules_make_up_for_a_sample_of_a_million_users() {
    let number = |name: &str, otherwise: u64| {
        let given = std::env::var(name).ok();
        given.map_or(otherwise, |given| given.parse().unwrap())
    };
    let draws = number("THRONG_DRAWS", 2_000);
    let seed = number("THRONG_DRAWS_SEED", 1);
    let most = 1_000_000;
    let every = most / draws.clamp(1, most);
    let users = (0..draws.min(most)).map(|draw| draw * every + seed % every);
    let values = hold(users);
    assert!(values > draws.min(most) * 30, "{values}");
}

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Error, Lua};
use throng::random::{Purpose, Stream};
use throng::script::api::random::{self, Identity, Source};

use super::raised;

thread_local! {
    static USER: RefCell<Option<(Stream, Identity)>> = const { RefCell::new(None) };
}

/// The user of the present test: each test has a thread of its own.
struct Present;

impl Source for Present {
    fn with<R>(act: impl FnOnce(&mut Stream, &Identity) -> R) -> Option<R> {
        USER.with_borrow_mut(|user| {
            user.as_mut()
                .map(|(stream, identity)| act(stream, identity))
        })
    }
}

fn arrive(seed: u64, user: u64) {
    let stream = Stream::new(seed, user, Purpose::Data);
    USER.set(Some((stream, Identity::new(Rc::from("k7f2"), user))));
}

fn vm() -> Lua {
    let lua = Lua::new();
    let mistake = |kind: &str| match kind {
        "not_found" => Ok(true),
        "password" => Ok(false),
        other => Err(Error::runtime(format!("random.mistake: no kind {other:?}"))),
    };
    let globals = lua.globals();
    globals
        .set(
            "random",
            random::table::<Present>(&lua, None, mistake).unwrap(),
        )
        .unwrap();
    let math: mlua::Table = globals.get("math").unwrap();
    math.set("random", random::math_random::<Present>(&lua).unwrap())
        .unwrap();
    math.set("randomseed", random::math_randomseed(&lua).unwrap())
        .unwrap();
    lua
}

/// Runs a chunk of assertions as user 41.
fn holds(chunk: &str) {
    arrive(1, 41);
    vm().load(chunk).exec().unwrap();
}

#[test]
fn numbers_stay_in_their_ranges() {
    holds(
        r#"
        local seen = {}
        for _ = 1, 200 do
          local n = random.int(-1, 2)
          assert(math.type(n) == "integer" and n >= -1 and n <= 2)
          seen[n] = true
          local f = random.float()
          assert(f >= 0 and f < 1)
          f = random.float(5, 6)
          assert(f >= 5 and f <= 6)
          f = random.uniform(-2.5, -2)
          assert(f >= -2.5 and f <= -2)
          assert(random.lognormal(20, 0.3) > 0)
          assert(random.exponential(2) >= 0)
          assert(math.type(random.normal(0, 1)) == "float")
          local z = random.zipf(10, 1.1)
          assert(math.type(z) == "integer" and z >= 1 and z <= 10)
          assert(random.chance(1) and not random.chance(0))
        end
        assert(seen[-1] and seen[0] and seen[1] and seen[2])
        assert(random.int(3.0, 3) == 3)
        assert(random.normal(7, 0) == 7)
        "#,
    );
}

#[test]
fn choices_come_out_of_the_list() {
    holds(
        r#"
        assert(random.pick({}) == nil)
        local counts = {a = 0, b = 0}
        for _ = 1, 1000 do
          local x = random.pick({"a", "b"})
          counts[x] = counts[x] + 1
        end
        assert(counts.a > 400 and counts.b > 400)

        local heavy = {x = 0, y = 0, z = 0}
        for _ = 1, 1000 do
          local v = random.weighted({{9, "x"}, {1, "y"}, {0, "z"}})
          heavy[v] = heavy[v] + 1
          v = random.weighted({x = 9, y = 1, z = 0})
          heavy[v] = heavy[v] + 1
        end
        assert(heavy.x > 1700 and heavy.y > 120 and heavy.z == 0)
        assert(random.weighted({}) == nil)

        local list = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
        local mixed = random.shuffle(list)
        assert(table.concat(list, ",") == "1,2,3,4,5,6,7,8,9,10", "the list itself stays")
        assert(table.concat(mixed, ",") ~= table.concat(list, ","))
        table.sort(mixed)
        assert(table.concat(mixed, ",") == table.concat(list, ","))
        "#,
    );
}

#[test]
fn texts_have_their_forms_and_unique_parts_count_up() {
    holds(
        r#"
        assert(random.uuid():match("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$"))
        assert(#random.string(12) == 12 and random.string(12):match("^%w+$"))
        assert(random.string(6, "01"):match("^[01]+$"))
        assert(random.string(0) == "")
        assert(random.name():match("^%u%l+ %u%l+$"))
        assert(random.email():match("^%l+%.%l+%.k7f2%.41%.1@example%.com$"))
        assert(random.username():match("^%l+_%l+_k7f2_41_2$"))
        assert(random.email():match("%.k7f2%.41%.3@"))
        assert(random.phone():match("^%+1%d%d%d55501%d%d$"))
        local _, blanks = random.sentence(5):gsub(" ", "")
        assert(blanks == 4)
        assert(random.sentence():match("^%u.*%.$"))
        local d = random.date()
        assert(d:match("^%d%d%d%d%-%d%d%-%d%d$") and d >= "1950-01-01" and d <= "2005-12-31")
        assert(random.date("2024-02-29", "2024-02-29") == "2024-02-29")
        "#,
    );
}

#[test]
fn values_are_those_of_a_locale() {
    holds(
        r#"
        local home = random.address("pt_BR")
        assert(home.country == "BR" and home.postcode:match "^%d%d%d%d%d%-%d%d%d$")
        assert(home.line:find(home.street, 1, true) and home.line:find(home.city, 1, true))
        assert(home.street:match ", %d+$" and #home.region == 2)
        assert(random.address().country == "US", "the default")
        assert(random.address("ja-jp").line:find("〒", 1, true), "however it is written")
        local name, code = random.country "de"
        assert(#code == 2 and type(name) == "string")
        for _ = 1, 100 do
          local price, currency = random.price(5, 10, "en_GB")
          assert(price >= 5 and price <= 10 and currency == "GBP")
          local yen, of = random.price(100, 200, "ja_JP")
          assert(yen == math.floor(yen) and of == "JPY")
          local card = random.card()
          assert(card.number:match "^%d+$" and #card.code >= 3 and card.month <= 12 and card.year >= 2034)
        end
        assert(random.company "it_IT" ~= "" and random.product "fr_FR":find(" en ", 1, true))
        local _, blanks = random.words(4, "es_ES"):gsub(" ", "")
        assert(blanks == 3 and random.words(0) == "")
        assert(not random.word("nl_NL"):find " ")
        assert(random.city "en_GB" ~= "" and random.name "es_ES" ~= "")
        assert(random.sentence(3, "pt_BR"):match "%.$")
        "#,
    );
}

#[test]
fn the_locale_of_the_run_counts_where_a_call_names_none() {
    let lua = Lua::new();
    let brazil = throng::random::Locale::find("pt_BR");
    let table = random::table::<Present>(&lua, brazil, |_| Ok(false)).unwrap();
    lua.globals().set("random", table).unwrap();
    arrive(1, 41);
    let chunk = r#"
        assert(random.address().country == "BR")
        assert(select(2, random.price()) == "BRL")
        assert(random.address("de_DE").country == "DE")
        return random.name()"#;
    let name: String = lua.load(chunk).eval().unwrap();
    let (given, family) = name.split_once(' ').unwrap();
    let brazil = brazil.unwrap();
    assert!(
        brazil.given.contains(&given) && brazil.family.contains(&family),
        "{name}"
    );
}

#[test]
fn one_seed_gives_one_user_and_another_user_differs() {
    let made = |seed, user| -> String {
        arrive(seed, user);
        let chunk = "return table.concat({random.int(1, 1e9), random.uuid(), random.name(),
            random.weighted({a = 1, b = 1, c = 1, d = 1}), random.pick({1, 2, 3, 4, 5, 6, 7})}, ' ')";
        vm().load(chunk).eval().unwrap()
    };
    assert_eq!(made(1, 2), made(1, 2));
    assert_ne!(made(1, 2), made(1, 3));
    assert_ne!(made(1, 2), made(2, 2));
}

#[test]
fn weights_by_name_do_not_depend_on_the_order_of_the_table() {
    let drawn = |order: &str| -> String {
        arrive(1, 1);
        let chunk = format!(
            "local t, all = {{}}, {{}} for {order} do t['name' .. i] = 1 end
             for i = 1, 20 do all[i] = random.weighted(t) end return table.concat(all, ' ')"
        );
        vm().load(chunk).eval().unwrap()
    };
    assert_eq!(drawn("i = 1, 40"), drawn("i = 40, 1, -1"));
}

#[test]
fn without_a_user_every_function_says_when_it_can_be_called() {
    let lua = vm();
    for call in [
        "random.int(1, 2)",
        "random.float()",
        "random.chance(0.5)",
        "random.pick({1})",
        "random.weighted({a = 1})",
        "random.shuffle({1, 2})",
        "random.uuid()",
        "random.string(3)",
        "random.name()",
        "random.email()",
        "random.username()",
        "random.phone()",
        "random.sentence()",
        "random.date()",
        "random.address()",
        "random.company('pt_BR')",
        "random.card()",
        "random.price()",
        "random.words(2)",
        "random.uniform(1, 2)",
        "random.normal(0, 1)",
        "random.lognormal(1, 1)",
        "random.exponential(1)",
        "random.zipf(3, 1)",
        "math.random()",
    ] {
        let name = call.split('(').next().unwrap();
        let words = format!(
            "{name} can be called only while a user runs (in a step, on_start or on_stop), not when the module loads"
        );
        assert_eq!(raised(&lua, call), words);
    }
}

#[test]
fn wrong_arguments_are_named() {
    arrive(1, 1);
    let lua = vm();
    for (call, words) in [
        ("random.int(5, 3)", "random.int: lo 5 is greater than hi 3"),
        (
            "random.int(5)",
            "random.int: hi is nil, an integer was expected",
        ),
        (
            "random.int('5', 6)",
            "random.int: lo is a string, an integer was expected",
        ),
        (
            "random.int(1.5, 2)",
            "random.int: lo is 1.5, an integer was expected",
        ),
        (
            "random.int(0, 1e19)",
            "random.int: hi is 10000000000000000000, an integer was expected",
        ),
        (
            "random.float(2, 1)",
            "random.float: lo 2 is greater than hi 1",
        ),
        (
            "random.uniform(1, 0/0)",
            "random.uniform: b is NaN, a finite number was expected",
        ),
        (
            "random.uniform(1, math.huge)",
            "random.uniform: b is inf, a finite number was expected",
        ),
        (
            "random.chance(15)",
            "random.chance: p is 15, a share from 0 to 1 was expected",
        ),
        (
            "random.chance({})",
            "random.chance: p is a table, a number was expected",
        ),
        (
            "random.pick(nil)",
            "random.pick: list is nil, a table was expected",
        ),
        (
            "random.shuffle('abc')",
            "random.shuffle: list is a string, a table was expected",
        ),
        (
            "random.weighted({1, 2})",
            "random.weighted: choice 1 is not a table; { weight, value } was expected",
        ),
        (
            "random.weighted({{1, 'a'}, {-1, 'b'}})",
            "random.weighted: the weight of choice 2 is -1, a number of at least 0 was expected",
        ),
        (
            "random.weighted({a = 'x'})",
            "random.weighted: the weight of a is a string, a number was expected",
        ),
        (
            "random.weighted({a = 0})",
            "random.weighted: the weights add up to 0",
        ),
        (
            "random.weighted({[true] = 1})",
            "random.weighted: a key is a boolean, a name, or a list of { weight, value }, was expected",
        ),
        (
            "random.normal(1, -1)",
            "random.normal: sd is -1, a number of at least 0 was expected",
        ),
        (
            "random.zipf(0, 1)",
            "random.zipf: n is 0, a number of ranks from 1 to 4294967295 was expected",
        ),
        (
            "random.string(-1)",
            "random.string: n is -1, 0 to 1048576 was expected",
        ),
        (
            "random.string(1e7)",
            "random.string: n is 10000000, 0 to 1048576 was expected",
        ),
        ("random.string(3, '')", "random.string: alphabet is empty"),
        (
            "random.sentence(5000)",
            "random.sentence: words is 5000, 0 to 1000 was expected",
        ),
        (
            "random.date('1.2.2020')",
            "random.date: from is \"1.2.2020\", a date such as \"1990-12-31\" was expected",
        ),
        (
            "random.date('2020-01-02', '2020-01-01')",
            "random.date: from 2020-01-02 is after to 2020-01-01",
        ),
        (
            "random.address('pt_RB')",
            "random.address: there is no locale \"pt_RB\"; there are: de_DE, en_GB, en_US, es_ES, fr_FR, it_IT, ja_JP, nl_NL, pt_BR; did you mean pt_BR?",
        ),
        (
            "random.name(5)",
            "random.name: locale is a number, a string was expected",
        ),
        (
            "random.price(9, 3)",
            "random.price: from 9 to 3 is not a range of prices; give the lower one first, from 0 up",
        ),
        (
            "random.words(2000)",
            "random.words: n is 2000, 0 to 1000 was expected",
        ),
        (
            "random.mistake()",
            "random.mistake: kind is nil, a string was expected",
        ),
        ("random.mistake('nope')", "random.mistake: no kind \"nope\""),
        (
            "math.random(0, -1)",
            "math.random: the interval from 0 to -1 is empty",
        ),
        (
            "math.random(-3)",
            "math.random: the interval from 1 to -3 is empty",
        ),
        (
            "math.random(1, 2, 3)",
            "math.random: a third argument is a number, none was expected",
        ),
    ] {
        assert_eq!(raised(&lua, call), words, "{call}");
    }
    assert!(raised(&lua, "math.randomseed(1)").starts_with("math.randomseed is not available"));
}

#[test]
fn math_random_follows_the_manual() {
    holds(
        r#"
        for _ = 1, 100 do
          local f = math.random()
          assert(math.type(f) == "float" and f >= 0 and f < 1)
          local n = math.random(6)
          assert(math.type(n) == "integer" and n >= 1 and n <= 6)
          n = math.random(-2, 2)
          assert(n >= -2 and n <= 2)
        end
        assert(math.type(math.random(0)) == "integer" and math.random(0) ~= math.random(0))
        assert(math.type(math.random(math.mininteger, math.maxinteger)) == "integer")
        "#,
    );
}

#[test]
fn mistake_asks_the_table_of_rates() {
    holds("assert(random.mistake('not_found') == true and random.mistake('password') == false)");
}

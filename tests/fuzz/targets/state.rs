//! The state of a user: what is plain data is copied as it is, and what is not is refused.

use mlua::{Lua, LuaSerdeExt, Table, Value};
use throng::script::fuzz_api::{check_state, copy_state};

use super::pieces::Input;

/// As deep as the state may be.
const DEPTH: usize = 32;
/// As many values as it may have, those of shared tables again.
const MOST_VALUES: usize = 100_000;

thread_local! {
    static VMS: (Lua, Lua) = (Lua::new(), Lua::new());
}

pub fn check(input: &[u8]) {
    VMS.with(|(from, to)| {
        let tables = build(from, &mut Input(input));
        let user = from.create_table().unwrap();
        user.raw_set("state", &tables[0]).unwrap();
        let key = from.create_string("state").unwrap();
        let verdict = check_state(&user, &key);
        let plain = is_plain(from, &tables[0], &mut Vec::new(), &mut 0);
        assert_eq!(verdict.is_ok(), plain, "{verdict:?}");
        if plain {
            let copy = copy_state(&tables[0], from, to).unwrap();
            assert!(
                is_same(&tables[0], &copy, (from, to)),
                "the copy is another"
            );
            let there = to.create_table().unwrap();
            there.raw_set("state", &copy).unwrap();
            check_state(&there, &to.create_string("state").unwrap()).unwrap();
        }
        for lua in [from, to] {
            lua.gc_collect().unwrap();
        }
    });
}

/// Some tables, filled with values and with each other.
fn build(lua: &Lua, input: &mut Input<'_>) -> Vec<Table> {
    let count = 1 + usize::from(input.byte() % 40);
    let tables: Vec<Table> = (0..count).map(|_| lua.create_table().unwrap()).collect();
    while !input.0.is_empty() {
        let place = usize::from(input.byte()) % count;
        let key = value(lua, input, &tables);
        let value = value(lua, input, &tables);
        // Lua refuses nil and NaN as keys.
        let _refused = tables[place].raw_set(key, value);
    }
    tables
}

fn value(lua: &Lua, input: &mut Input<'_>, tables: &[Table]) -> Value {
    match input.byte() % 16 {
        0 => Value::Boolean(input.byte() & 1 == 0),
        1 | 2 => Value::Integer(i64::from(input.byte())),
        3 => Value::Integer(input.one_of(&[i64::MIN, i64::MAX, -1, 1 << 53])),
        4 => Value::Number(input.one_of(&[0.5, -0.0, f64::NAN, f64::INFINITY, 1e300, 2.0])),
        5..=7 => Value::String(lua.create_string(input.word()).unwrap()),
        8 => Value::NULL,
        9 => Value::Nil,
        10 => {
            // Most kinds that are not plain, now and then.
            let source = input.one_of(&[
                "return print",
                "return coroutine.create(print)",
                "return setmetatable({}, {})",
                "return setmetatable({}, { __name = 'response' })",
                "return io.stdout",
            ]);
            lua.load(source).eval().unwrap()
        }
        11 => {
            let marked = lua.create_table().unwrap();
            marked.set_metatable(Some(lua.array_metatable())).unwrap();
            Value::Table(marked)
        }
        _ => Value::Table(tables[usize::from(input.byte()) % tables.len()].clone()),
    }
}

/// What the documents say of plain data, told again.
fn is_plain(lua: &Lua, table: &Table, above: &mut Vec<Table>, values: &mut usize) -> bool {
    let marked = table.metatable() == Some(lua.array_metatable());
    if table.metatable().is_some() && !marked {
        return false;
    }
    if table.is_empty() {
        return true;
    }
    if above.contains(table) || above.len() >= DEPTH {
        return false;
    }
    above.push(table.clone());
    let plain = table.pairs::<Value, Value>().all(|pair| {
        let (key, value) = pair.unwrap();
        *values += 1;
        *values <= MOST_VALUES
            && !matches!(key, Value::Table(_) | Value::LightUserData(_))
            && is_scalar(&key)
            && match &value {
                Value::Table(inner) => is_plain(lua, inner, above, values),
                value => is_scalar(value),
            }
    });
    above.pop();
    plain
}

fn is_scalar(value: &Value) -> bool {
    match value {
        Value::LightUserData(pointer) => pointer.0.is_null(),
        Value::Boolean(_) | Value::Integer(_) | Value::Number(_) | Value::String(_) => true,
        _ => false,
    }
}

fn is_same(one: &Table, other: &Table, (from, to): (&Lua, &Lua)) -> bool {
    let marks = |table: &Table, lua: &Lua| table.metatable() == Some(lua.array_metatable());
    if marks(one, from) != marks(other, to) {
        return false;
    }
    let count = |table: &Table| table.pairs::<Value, Value>().count();
    count(one) == count(other)
        && one.pairs::<Value, Value>().all(|pair| {
            let (key, value) = pair.unwrap();
            let key = match key {
                Value::String(key) => Value::String(to.create_string(key.as_bytes()).unwrap()),
                key => key,
            };
            match (value, other.raw_get::<Value>(key).unwrap()) {
                (Value::Table(one), Value::Table(other)) => is_same(&one, &other, (from, to)),
                (Value::String(one), Value::String(other)) => one.as_bytes() == other.as_bytes(),
                (Value::Integer(one), Value::Integer(other)) => one == other,
                (Value::Number(one), Value::Number(other)) => one.to_bits() == other.to_bits(),
                (one, other) => one == other && !one.is_table(),
            }
        })
}

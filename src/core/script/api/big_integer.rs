//! Big integers: whole numbers of JSON that no integer of Lua holds. Their digits are kept.

use mlua::{Error, Lua, MetaMethod, Result, Table, UserData, UserDataMethods, Value};

/// Where a VM keeps those that are in use: the same digits are the same value, so that `==` and keys of tables work.
const KNOWN: &str = "throng.big_integers";

/// A whole number beyond 64 bits with a sign: an id, say. A script writes it as text, and sends it as JSON, with all its
/// digits; it calculates with it as with a float.
pub struct BigInteger(Box<str>);

impl BigInteger {
    /// The value of these digits.
    ///
    /// # Errors
    /// When the VM has no memory left.
    pub fn of(lua: &Lua, digits: &str) -> Result<Value> {
        let known = match lua.named_registry_value::<Option<Table>>(KNOWN)? {
            Some(known) => known,
            None => {
                let (known, weak) = (lua.create_table()?, lua.create_table()?);
                weak.raw_set("__mode", "v")?;
                known.set_metatable(Some(weak))?;
                lua.set_named_registry_value(KNOWN, &known)?;
                known
            }
        };
        let value: Value = known.raw_get(digits)?;
        if !value.is_nil() {
            return Ok(value);
        }
        let value = Value::UserData(lua.create_userdata(BigInteger(digits.into()))?);
        known.raw_set(digits, &value)?;
        Ok(value)
    }
}

/// The digits of a value that is such a number.
pub fn digits(value: &Value) -> Option<String> {
    let Value::UserData(data) = value else {
        return None;
    };
    let integer = data.borrow::<BigInteger>().ok()?;
    Some(integer.0.to_string())
}

/// The nearest float, of a number of any kind.
fn float(value: &Value, verb: &str) -> Result<f64> {
    match (value, digits(value)) {
        (_, Some(digits)) => Ok(digits.parse().unwrap_or(f64::NAN)),
        (Value::Integer(number), _) => Ok(*number as f64),
        (Value::Number(number), _) => Ok(*number),
        (other, _) => Err(Error::runtime(format!(
            "attempt to {verb} a {} with a whole number of JSON",
            other.type_name()
        ))),
    }
}

/// Either number, by its digits where both are of this kind.
fn ordered(one: &Value, other: &Value) -> Result<std::cmp::Ordering> {
    use std::cmp::Ordering;
    if let (Some(one), Some(other)) = (digits(one), digits(other)) {
        let negative = |digits: &str| digits.starts_with('-');
        let size = || one.len().cmp(&other.len()).then_with(|| one.cmp(&other));
        return Ok(match (negative(&one), negative(&other)) {
            (false, false) => size(),
            (true, true) => size().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        });
    }
    let (one, other) = (float(one, "compare")?, float(other, "compare")?);
    Ok(one.partial_cmp(&other).unwrap_or(Ordering::Equal))
}

type Calculation = fn(f64, f64) -> f64;

impl UserData for BigInteger {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_method(MetaMethod::ToString, |_, integer, ()| {
            Ok(integer.0.to_string())
        });
        methods.add_meta_function(MetaMethod::Concat, |_, (one, other): (Value, Value)| {
            let text = |value: &Value| match (value, digits(value)) {
                (_, Some(digits)) => Ok(digits.into_bytes()),
                (Value::String(text), _) => Ok(text.as_bytes().to_vec()),
                (Value::Integer(_) | Value::Number(_), _) => {
                    value.to_string().map(String::into_bytes)
                }
                (other, _) => Err(Error::runtime(format!(
                    "attempt to concatenate a {} value",
                    other.type_name()
                ))),
            };
            let mut joined = text(&one)?;
            joined.extend(text(&other)?);
            Ok(mlua::BString::from(joined))
        });
        methods.add_meta_function(MetaMethod::Lt, |_, (one, other): (Value, Value)| {
            Ok(ordered(&one, &other)?.is_lt())
        });
        methods.add_meta_function(MetaMethod::Le, |_, (one, other): (Value, Value)| {
            Ok(ordered(&one, &other)?.is_le())
        });
        methods.add_meta_method(MetaMethod::Unm, |_, integer, ()| {
            Ok(-integer.0.parse::<f64>().unwrap_or(f64::NAN))
        });
        let calculations: [(MetaMethod, Calculation); 7] = [
            (MetaMethod::Add, |a, b| a + b),
            (MetaMethod::Sub, |a, b| a - b),
            (MetaMethod::Mul, |a, b| a * b),
            (MetaMethod::Div, |a, b| a / b),
            (MetaMethod::IDiv, |a, b| (a / b).floor()),
            (MetaMethod::Mod, |a, b| a - (a / b).floor() * b),
            (MetaMethod::Pow, f64::powf),
        ];
        for (method, calculate) in calculations {
            methods.add_meta_function(method, move |_, (one, other): (Value, Value)| {
                Ok(calculate(
                    float(&one, "calculate")?,
                    float(&other, "calculate")?,
                ))
            });
        }
    }
}

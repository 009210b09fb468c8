//! `expect(value)`: the matchers. Whether a value is what they say is decided in `script::testing`.

use crate::script::api::signature::{Function, Object, optional, required};

const fn matcher(name: &'static str, doc: &'static str, example: &'static str) -> Function {
    Function::new("expectation", name, doc)
        .fails("An error with both values where it is not so: the test fails.")
        .example(example)
}

const TO_BE: Function = matcher(
    "to_be",
    "The same value.",
    include_str!("../examples/expectation.to_be.lua"),
)
.takes(&[required("expected", "any").doc("The value.")]);

const TO_EQUAL: Function = matcher(
    "to_equal",
    "The same contents, also of tables; a failure names each place that differs.",
    include_str!("../examples/expectation.to_equal.lua"),
)
.takes(&[required("expected", "any").doc("A value with these contents.")]);

const TO_MATCH: Function = matcher(
    "to_match",
    "A text that matches a pattern of Lua.",
    include_str!("../examples/expectation.to_match.lua"),
)
.takes(&[required("pattern", "string").doc("As `string.find` takes it.")]);

const TO_CONTAIN: Function = matcher(
    "to_contain",
    "A text with this in it, a list with this value, or a table with these fields.",
    include_str!("../examples/expectation.to_contain.lua"),
)
.takes(&[required("part", "any").doc("What is in it.")]);

const TO_HAVE_LENGTH: Function = matcher(
    "to_have_length",
    "A text or a list of this length.",
    include_str!("../examples/expectation.to_have_length.lua"),
)
.takes(&[required("length", "integer")
    .doc("Bytes of a text, values of a list.")
    .unitless()]);

const TO_BE_TRUTHY: Function = matcher(
    "to_be_truthy",
    "Neither nil nor false.",
    include_str!("../examples/expectation.to_be_truthy.lua"),
);

const TO_BE_FALSY: Function = matcher(
    "to_be_falsy",
    "Nil or false.",
    include_str!("../examples/expectation.to_be_falsy.lua"),
);

const TO_BE_NIL: Function = matcher(
    "to_be_nil",
    "Nil.",
    include_str!("../examples/expectation.to_be_nil.lua"),
);

const TO_BE_A: Function = matcher(
    "to_be_a",
    "A value of this type of Lua.",
    include_str!("../examples/expectation.to_be_a.lua"),
)
.takes(&[required("kind", "string").doc("As `type` names it: `\"table\"`.")]);

const TO_BE_GREATER_THAN: Function = matcher(
    "to_be_greater_than",
    "A number above this one.",
    include_str!("../examples/expectation.to_be_greater_than.lua"),
)
.takes(&[required("bound", "number")
    .doc("The number below.")
    .unitless()]);

const TO_BE_LESS_THAN: Function = matcher(
    "to_be_less_than",
    "A number below this one.",
    include_str!("../examples/expectation.to_be_less_than.lua"),
)
.takes(&[required("bound", "number")
    .doc("The number above.")
    .unitless()]);

const TO_BE_AT_LEAST: Function = matcher(
    "to_be_at_least",
    "A number that is this one or above it.",
    include_str!("../examples/expectation.to_be_at_least.lua"),
)
.takes(&[required("bound", "number")
    .doc("The smallest number.")
    .unitless()]);

const TO_BE_AT_MOST: Function = matcher(
    "to_be_at_most",
    "A number that is this one or below it.",
    include_str!("../examples/expectation.to_be_at_most.lua"),
)
.takes(&[required("bound", "number")
    .doc("The largest number.")
    .unitless()]);

const TO_BE_CLOSE_TO: Function = matcher(
    "to_be_close_to",
    "A number near this one.",
    include_str!("../examples/expectation.to_be_close_to.lua"),
)
.takes(&[
    required("expected", "number").doc("The number.").unitless(),
    optional("within", "number")
        .doc("How far apart they may be.")
        .unitless()
        .or("0.01"),
]);

const TO_ERROR: Function = matcher(
    "to_error",
    "A function that raises an error.",
    include_str!("../examples/expectation.to_error.lua"),
)
.takes(&[optional("pattern", "string").doc("A text or a pattern of Lua that is in the message.")]);

/// What `expect` returns.
pub const EXPECTATION: Object = Object {
    kind: "Expectation",
    name: "expectation",
    doc: "What is expected of a value; `expect(x).to_be(1)` and `expect(x):to_be(1)` are one.",
    fields: &[required("never", "Expectation").doc("The opposite: `expect(x).never.to_be(1)`.")],
    methods: &[
        &TO_BE,
        &TO_EQUAL,
        &TO_MATCH,
        &TO_CONTAIN,
        &TO_HAVE_LENGTH,
        &TO_BE_TRUTHY,
        &TO_BE_FALSY,
        &TO_BE_NIL,
        &TO_BE_A,
        &TO_BE_GREATER_THAN,
        &TO_BE_LESS_THAN,
        &TO_BE_AT_LEAST,
        &TO_BE_AT_MOST,
        &TO_BE_CLOSE_TO,
        &TO_ERROR,
    ],
    example: include_str!("../examples/Expectation.lua"),
};

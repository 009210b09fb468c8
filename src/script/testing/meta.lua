
-- What test files (*_test.lua) have beside the API. `throng test` runs them.

---A group of tests; groups nest.
---@param name string
---@param body fun()
function describe(name, body) end

---A test. Without a body it is pending.
---@param name string
---@param body? fun()
function it(name, body) end

---Runs before each test of its group.
---@param body fun()
function before_each(body) end

---Runs after each test of its group, also after one that failed.
---@param body fun()
function after_each(body) end

---What is expected of a value. `expect(x).to_be(1)` and `expect(x):to_be(1)` are one.
---@class Expectation
---@field never Expectation The opposite.
---@field to_be fun(expected: any) The same value.
---@field to_equal fun(expected: any) The same contents, also of tables.
---@field to_match fun(pattern: string) Text that matches a pattern of Lua.
---@field to_contain fun(part: any) Text with this in it, or a list with this value, or a table with these fields.
---@field to_have_length fun(length: integer)
---@field to_be_truthy fun()
---@field to_be_falsy fun()
---@field to_be_nil fun()
---@field to_be_a fun(kind: string) Of this type of Lua.
---@field to_be_greater_than fun(bound: number)
---@field to_be_less_than fun(bound: number)
---@field to_be_at_least fun(bound: number)
---@field to_be_at_most fun(bound: number)
---@field to_be_close_to fun(expected: number, within?: number)
---@field to_error fun(pattern?: string) A function that raises an error, with this in its text.

---@param value any
---@return Expectation
function expect(value) end

---@class throng.mock
---@overload fun(routes: table)
mock = {}

---Answers as `throng service` does.
function mock.demo() end

---@class throng.clock
clock = {}

---Seconds of virtual time since the file was loaded.
---@return number
function clock.now() end

---Lets virtual time pass.
---@param time number|string
function clock.advance(time) end

---@class TestRequest
---@field method string
---@field path string Without the query.
---@field query? string
---@field url string
---@field body string
---@field json any The body as JSON; nil where it is none.
---@field status? integer Nil where there was no answer.
---@field error? string
---@field seconds number
---@field answer { body: string, json: any }

---@class TestUser
---@field type string
---@field state? table A copy of user.state; after the session as it was at its end.
---@field requests TestRequest[]
---@field checks table<string, { passed: integer, failed: integer }>
---@field logs { level: string, text: string }[]
---@field ended? string `completed`, or `gave up: ...`
local TestUser = {}

---Lives a session: on_start, steps with pauses, on_stop.
---@param options? { requests: integer }
function TestUser:run(options) end

---Calls on_start.
---@param options? { requests: integer }
function TestUser:start(options) end

---Makes one step by its name; calls on_start before the first one.
---@param name string
function TestUser:step(name) end

---Calls on_stop and ends the session.
function TestUser:stop() end

---@class throng.test
throng = {}

---A user of a type.
---@param type string
---@param options? { seed: integer, vars: table, crowd: any, error_rate: number }
---@return TestUser
function throng.user(type, options) end

---@meta throng
-- The Lua API of throng for editors, made by `throng api --meta`. It is never run.

---The user whose step it is.
---
---```lua
---return {
---  on_start = function(user)
---    user.state.cart = {} -- Gone with the session.
---    -- Kept by a person who comes back.
---    user.memory.visits = (user.memory.visits or 0) + 1
---  end,
---  step = function(user)
---    table.insert(user.state.cart, random.int(1, 100))
---    if user.requests_left > 1 then
---      http.put("/cart", { json = { items = user.state.cart } })
---    end
---  end,
---}
---```
---@class User
---@field id integer Its number in the run, from 0.
---@field type string Its type.
---@field session integer Number of this session of the user, from 1.
---@field requests_left integer What is left of this session, never below 0; a script may set it. In requests.
---@field state table Plain data of the script, new in every session.
---@field memory table Plain data of the script, kept over the sessions of one person.
---@field person integer Number of the person that it is; `id` until another one takes its place.
---@field visits integer Number of this session of the person, from 1.
local User = {}

---How a request ended.
---
---```lua
---local res = http.get("/users", { timeout = 5 })
---if res.ok then
---  log.debug(res.url, { ms = res.duration * 1000 })
---elseif res.status then
---  log.warn("refused", { status = res.status, body = res.body })
---else
---  log.warn(res.message, { error = res.error }) -- `timeout`, `tls` and so on
---end
---```
---@class Response
---@field ok boolean The status is 200 to 399.
---@field status? integer The status code; nil without a response.
---@field headers table<string, any> Headers by lower-case name; `set-cookie` is a list. nil without a response.
---@field body? string The body, decompressed.
---@field url? string The full URL of the response, after redirects.
---@field redirects Hop[] The redirects before it; nil without a response.
---@field duration? number From sending to the last byte. In seconds.
---@field timings? Timings The time of each phase. In seconds.
---@field given_up? boolean True when the user gave up.
---@field error? string Why there is no response: `timeout`, `connect`, `tls` and so on.
---@field message? string The same in words.
---@field trace_id? string The trace of the request, with --trace-context.
local Response = {}

---The body as Lua values, or a part of it; what is not asked for is not decoded.
---
---Fails: nil and a message when the body is not valid JSON or has no such part; an error if `at` is not one.
---
---```lua
---local res = http.get("/users")
---local page, why = res:json()
---if page then
---  log.debug("users", { count = #page.items })
---else
---  log.warn(why)
---end
---local first = res:json "/items/0/id"
---if first then log.debug("first", { id = first }) end
---```
---@param at? string A JSON pointer (RFC 6901) to the part, such as `/items/0/id`; lists count from 0. Default: the whole body.
---@return any # The value: tables for objects and lists, `json.null` for null.
---@return string? # Why there is none.
function Response:json(at) end

---Counts the response as `unexpected`, for this reason, until the user waits again.
---
---Fails: An error once the user has waited again or its step has ended: then it is counted.
---
---```lua
---local res = http.post("/orders", { json = { item = 7 } })
---if res.ok and res:json().state == "sold out" then res:fail "sold out" end
---```
---@param why string A fixed text: a run tells 100 reasons apart.
function Response:fail(why) end

---The page in the body, parsed as browsers do; freed when the step ends.
---
---Fails: nil and a message when the body is empty, or the page takes longer than 250 ms to parse or nests more than 512 elements deep.
---
---```lua
---local page = assert(http.get("/shop"):html())
---print(page.name, page:first("h1"):text()) --> "#document", "Books & more"
---local nothing, why = http.head("/shop"):html()
---print(nothing, why) --> nil, "the body is empty"
---```
---@return Element? # The whole page, in which selectors find elements.
---@return string? # Why there is none.
function Response:html() end

---The XML document in the body; freed when the step ends.
---
---Fails: nil and a message when the body is empty or not well-formed, is not UTF-8 or has a document type declaration.
---
---```lua
---local feed = assert(http.get("/feed.xml"):xml())
---print(#feed:select "item") --> 2
----- Prefixes are left out: this is <dc:creator>.
---print(feed:first("item > creator"):text()) --> "Jane Austen"
---```
---@return Element? # The whole document, in which selectors find elements.
---@return string? # Why there is none.
function Response:xml() end

---What `string.match` finds in the body.
---
---Fails: nil without a match or a body.
---
---```lua
---local major, minor = http.get("/version"):match "Version (%d+)%.(%d+)"
---print(major, minor) --> "1", "4"
---```
---@param pattern string A Lua pattern.
---@param init? integer The byte of the body at which the search begins. Default: 1.
---@return any ... # The captures, or the whole match without captures.
function Response:match(pattern, init) end

---Sends a form of the page as a browser does, with its hidden fields, and waits for the response.
---
---Fails: An error when the page has no such form; where the page itself had failed, nothing is sent and the response has the `error` `no_form`.
---
---```lua
---local page = http.get "/account"
----- The hidden field with the CSRF token is sent too.
---local account = { email = "ada@example.com", password = "secret" }
---local res = page:submit("form#login", account)
---metrics.check("logged in", res.ok and res:html():first ".account")
---```
---@param form? Element|string The form, or a CSS selector of it. Default: the first form.
---@param fields? table<string, any> What to fill in, by name: a text, a list, true or false for a checkbox, or a table of `content`, `filename` and `type` for a file.
---@param opts? RequestOptions Options other than a body or a query.
---@return Response # How the request ended, also where there was no response.
function Response:submit(form, fields, opts) end

---An element of a page; the page itself is one, too.
---@class Element
---@field name string Its name: `a`, `form`; `#document` of the page.
local Element = {}

---The elements below it that a CSS selector matches.
---
---Fails: An error when css is not a valid selector, or the step that got the page is over.
---
---```lua
---local page = assert(http.get("/shop"):html())
---for place, link in ipairs(page:select "#products a[href]") do
---  log.debug(link:text(), { place = place, href = link:attr "href" })
---end
---```
---@param css string A CSS selector.
---@return Element[] # In the order of the page; empty without one.
function Element:select(css) end

---The first element below it that a CSS selector matches.
---
---Fails: An error when css is not a valid selector, or the step that got the page is over.
---
---```lua
---local page = assert(http.get("/shop"):html())
---local csrf = page:first("input[name=csrf]"):attr "value"
---print(csrf, page:first ".sold-out") --> "x7", nil
---local headers = { ["X-CSRF-Token"] = csrf }
---http.post("/api/cart", { json = { item = 7 }, headers = headers })
---```
---@param css string A CSS selector.
---@return Element? # The element; nil without one.
function Element:first(css) end

---Its text and that of all elements in it, as it reads.
---
---Fails: An error when the step that got the page is over.
---
---```lua
---local page = assert(http.get("/shop"):html())
---print(page:first("h1"):text()) --> "Books & more"
---print(page:first("#products"):text()) --> "Emma Ulysses"
---```
---@return string # White space is one blank; scripts and styles are left out. Of XML as it is written.
function Element:text() end

---The value of an attribute.
---
---Fails: An error when the step that got the page is over.
---
---```lua
---local link = assert(http.get("/shop"):html()):first "#products a"
---print(link:attr "href", link:attr "target") --> "/products/1", nil
---```
---@param name string The name of the attribute.
---@return string? # The value as it is written; nil without the attribute.
function Element:attr(name) end

---Where links in it lead, on the page's own origin.
---
---Fails: An error when css is not a valid selector, or the step that got the page is over.
---
---```lua
---local page = assert(http.get("/shop"):html())
----- One of the products; the requests of all are counted under one name.
---http.get(random.pick(page:links "#products"), { name = "/products/{id}" })
---```
---@param css? string Only of the elements that this CSS selector matches.
---@return string[] # Full URLs without fragment, each once.
function Element:links(css) end

---The forms in it.
---
---Fails: An error when the step that got the page is over.
---
---```lua
---local page = assert(http.get("/shop"):html())
---for _, form in ipairs(page:forms()) do
---  log.debug("form", { action = form:attr "action", fields = form:values() })
---end
---print(#page:forms()) --> 2
---```
---@return Element[] # In the order of the page, for `res:submit`.
function Element:forms() end

---What the fields of a form hold, as it would be sent.
---
---Fails: An error when it is not a form, or the step that got the page is over.
---
---```lua
---local form = assert(http.get("/shop"):html()):first "form#cart"
---print(form:values()) --> { csrf = "x7", item = "1" }
---```
---@return table<string, string> # By name, hidden fields among them; the first value of each name.
function Element:values() end

---A redirect that was followed.
---
---```lua
---local res = http.get "/old"
---local hop = res.redirects[1]
---print(res.status, #res.redirects) --> 200, 1
---print(hop.status, hop.headers.location) --> 302, "/users"
---```
---@class Hop
---@field status integer The status code, such as 302.
---@field url string The full URL that redirected.
---@field headers table<string, any> Its headers, as those of a response.
local Hop = {}

---How long each phase of a request took; 0 where it was not needed.
---
---```lua
---local timings = http.get("/users").timings
----- What the target took to think, without the connection and the transfer.
---metrics.check("the first byte came in time", timings and timings.wait < 0.5)
---```
---@class Timings
---@field blocked number Waiting for a free connection or for limits, and earlier attempts. In seconds.
---@field dns number Looking up the host. In seconds.
---@field connect number Connecting over TCP. In seconds.
---@field tls number The TLS handshake. In seconds.
---@field send number Handing the request to the kernel. In seconds.
---@field wait number From the last byte sent to the first byte of the response. In seconds.
---@field receive number From the first byte to the last one. In seconds.
local Timings = {}

---A cookie of the user.
---
---```lua
---http.cookies.set("basket", "b7", { path = "/shop", max_age = 3600 })
---local cookie = http.cookies.all()[1]
---print(cookie.name, cookie.path, cookie.host_only) --> "basket", "/shop", true
---metrics.check("it lasts an hour", cookie.expires - time.now() > 3500)
---```
---@class Cookie
---@field name string Its name.
---@field value string Its value.
---@field domain string The host that set it, or the domain that it is for.
---@field path string The beginning of the paths to which it is sent.
---@field host_only boolean Whether it is not sent to hosts below the domain.
---@field secure boolean Whether it is sent over TLS only.
---@field http_only boolean Whether it is hidden from scripts of a page.
---@field expires? number When it expires, by the clock of `time.now`; nil: with the session. In seconds.
local Cookie = {}

---What became of the assets of a page.
---
---```lua
---http.page "/shop"
----- The second visit finds them in the user's cache, as a browser does.
---local _, assets = http.page "/shop"
---print(assets.loaded, assets.cached, assets.revalidated) --> 0, 2, 1
---```
---@class PageAssets
---@field loaded integer How many came.
---@field revalidated integer How many the cache had, and the target confirmed with a 304.
---@field cached integer How many the cache had, without a request.
---@field failed integer How many did not come: no response, or a status from 400 up.
---@field foreign integer How many are on other origins, and were not loaded.
---@field bytes integer The size of those that came. In bytes.
---@field duration number From the request of the page to the last asset. In seconds.
local PageAssets = {}

---A metric that only grows.
---@class Counter
local Counter = {}

---Adds to the counter.
---
---Fails: An error when n is negative, or for a label that was not declared.
---
---```lua
---local sent = metrics.counter("bytes_sent", {
---  help = "Bytes of uploads.",
---  labels = { "kind" },
---})
---
---return {
---  step = function()
---    local body = random.string(1000)
---    if http.post("/files", { body = body }).ok then
---      sent:add(#body, { kind = "text" })
---    end
---  end,
---}
---```
---@param n? number How much, at least 0. Default: 1.
---@param labels? table<string, string> A value of each label that was declared.
function Counter:add(n, labels) end

---A metric that is set.
---@class Gauge
local Gauge = {}

---Sets the value of the gauge.
---
---Fails: An error when the value is not finite, or for a label that was not declared.
---
---```lua
---local depth = metrics.gauge("queue_depth", {
---  help = "Jobs that wait.",
---  labels = { "queue" },
---})
---
---return {
---  step = function()
---    local jobs = http.get("/jobs"):json()
---    if jobs then depth:set(#jobs.items, { queue = "mail" }) end
---  end,
---}
---```
---@param value number The value from now on.
---@param labels? table<string, string> A value of each label that was declared.
function Gauge:set(value, labels) end

---A metric of values and how often they came.
---@class Histogram
local Histogram = {}

---Records a value.
---
---Fails: An error when the value is negative, or for a label that was not declared.
---
---```lua
---local age = metrics.histogram("data_age_seconds", {
---  help = "Age of the newest entry.",
---})
---
---return {
---  step = function()
---    local entry = http.get("/latest"):json()
---    local written = entry and time.parse(entry.at)
---    if written then age:observe(math.max(0, time.now() - written)) end
---  end,
---}
---```
---@param value number The value, at least 0.
---@param labels? table<string, string> A value of each label that was declared.
function Histogram:observe(value, labels) end

---The rows of a file.
---@class Feed
local Feed = {}

---How many rows there are.
---
---```lua
---local people = data.csv "people.csv"
---assert(people:len() >= 2, "people.csv needs two accounts or more")
---
---return {
---  step = function()
---    http.get("/users", { query = { email = people:pick().email } })
---  end,
---}
---```
---@return integer # The number of rows.
function Feed:len() end

---A row by its place.
---
---Fails: nil past the end.
---
---```lua
---local people = data.csv "people.csv"
---
---return {
---  on_start = function(user)
---    -- The same row for the same user, in every session and every run.
---    local row = people:get(user.id % people:len() + 1)
---    print(row.email, people:get(people:len() + 1)) --> "ada@example.com", nil
---    user.state.email = row.email
---  end,
---  step = function(user)
---    http.get("/users", { query = { email = user.state.email } })
---  end,
---}
---```
---@param i integer Its place, from 1.
---@return any # The row: of CSV a table of strings by column.
function Feed:get(i) end

---A random row.
---
---Fails: nil when the file has no rows; an error while a file loads.
---
---```lua
---local people = data.csv "people.csv"
---
---return {
---  step = function()
---    http.get("/users", { query = { email = people:pick().email } })
---  end,
---}
---```
---@return any # The row: of CSV a table of strings by column.
function Feed:pick() end

---The next row in turn, of those of the user's thread; after the last the first again.
---
---Fails: nil when the file has no rows.
---
---```lua
---local people = data.csv "people.csv"
---
---return {
---  -- Each account once, then again from the first, whichever user asks.
---  step = function()
---    http.get("/users", { query = { email = people:next().email } })
---  end,
---}
---```
---@return any # The row: of CSV a table of strings by column.
function Feed:next() end

---A row that no other user of the run has until this session ends. On several machines the user may wait for it.
---
---Fails: nil when none is free; an error while a file loads.
---
---```lua
---local people = data.csv "people.csv"
---
---return {
---  on_start = function(user)
---    local row = people:take()
---    if not row then return false, "all accounts are taken" end
---    user.state.email = row.email
---  end,
---  step = function(user)
---    http.get("/users", { query = { email = user.state.email } })
---  end,
---}
---```
---@return any # The row: of CSV a table of strings by column.
function Feed:take() end

---A made-up address.
---
---```lua
---local home = random.address "de_DE"
---print(home.country, home.region) --> such as "DE", "Sachsen"
---metrics.check("the line has it all", home.line:find(home.postcode, 1, true))
---```
---@class Address
---@field street string Street and number.
---@field city string A real town of the country.
---@field region string State, province or region.
---@field postcode string A code of that region.
---@field country string Code of the country (ISO 3166-1).
---@field line string All but the country in one line.
local Address = {}

---A payment card for tests.
---
---```lua
---local card = random.card()
---local expiry = ("%02d/%02d"):format(card.month, card.year % 100)
---http.post("/payments", {
---  json = { number = card.number, cvc = card.code, expiry = expiry },
---})
---```
---@class Card
---@field number string Digits, valid by Luhn's formula.
---@field brand string Such as `visa`.
---@field code string Verification code, three or four digits.
---@field month integer Month in which it expires, 1 to 12.
---@field year integer Year in which it expires, with the century.
local Card = {}

---What is expected of a value; `expect(x).to_be(1)` and `expect(x):to_be(1)` are one.
---
---```lua
---expect("Emma").to_be "Emma"
---expect("Emma"):to_be "Emma"
---expect("Emma").never.to_be "Ulysses"
---```
---@class Expectation
---@field never Expectation The opposite: `expect(x).never.to_be(1)`.
local Expectation = {}

---The same value.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(6 * 7).to_be(42)
---```
---@param expected any The value.
function Expectation.to_be(expected) end

---The same contents, also of tables; a failure names each place that differs.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect({ id = 7, tags = { "new" } }).to_equal { id = 7, tags = { "new" } }
---```
---@param expected any A value with these contents.
function Expectation.to_equal(expected) end

---A text that matches a pattern of Lua.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect("order 17").to_match "^order %d+$"
---```
---@param pattern string As `string.find` takes it.
function Expectation.to_match(pattern) end

---A text with this in it, a list with this value, or a table with these fields.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect("a list of books").to_contain "books"
---expect({ "tea", "milk" }).to_contain "milk"
---expect({ id = 7, name = "Ada" }).to_contain { id = 7 }
---```
---@param part any What is in it.
function Expectation.to_contain(part) end

---A text or a list of this length.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect({ "tea", "milk" }).to_have_length(2)
---```
---@param length integer Bytes of a text, values of a list.
function Expectation.to_have_length(length) end

---Neither nil nor false.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect("").to_be_truthy()
---```
function Expectation.to_be_truthy() end

---Nil or false.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(nil).to_be_falsy()
---```
function Expectation.to_be_falsy() end

---Nil.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(({}).name).to_be_nil()
---```
function Expectation.to_be_nil() end

---A value of this type of Lua.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect({}).to_be_a "table"
---```
---@param kind string As `type` names it: `"table"`.
function Expectation.to_be_a(kind) end

---A number above this one.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(2).to_be_greater_than(1)
---```
---@param bound number The number below.
function Expectation.to_be_greater_than(bound) end

---A number below this one.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(1).to_be_less_than(2)
---```
---@param bound number The number above.
function Expectation.to_be_less_than(bound) end

---A number that is this one or above it.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(2).to_be_at_least(2)
---```
---@param bound number The smallest number.
function Expectation.to_be_at_least(bound) end

---A number that is this one or below it.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(2).to_be_at_most(2)
---```
---@param bound number The largest number.
function Expectation.to_be_at_most(bound) end

---A number near this one.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(0.1 + 0.2).to_be_close_to(0.3)
---expect(97).to_be_close_to(100, 5)
---```
---@param expected number The number.
---@param within? number How far apart they may be. Default: 0.01.
function Expectation.to_be_close_to(expected, within) end

---A function that raises an error.
---
---Fails: An error with both values where it is not so: the test fails.
---
---```lua
---expect(function() json.encode(print) end).to_error "function"
---```
---@param pattern? string A text or a pattern of Lua that is in the message.
function Expectation.to_error(pattern) end

---A user in a test.
---
---```lua
---mock { ["*"] = 503 }
---local user = throng.user "visitor"
---user:step "look"
---expect(user.type).to_be "visitor"
---expect(user.checks["is there"].failed).to_be(1)
---expect(user.logs[1].level).to_be "warn"
---```
---@class TestUser
---@field type string Its type.
---@field state table A copy of `user.state`; after the session as it was at its end. Nil before the first session.
---@field requests TestRequest[] Its requests in the order in which they were sent.
---@field checks table<string, CheckCounts> Its checks by name.
---@field logs LogLine[] What its script logged.
---@field ended? string `completed`, or `gave up: ...` with the reason; nil while the session lasts.
local TestUser = {}

---Lives a session: `on_start`, steps with pauses in virtual time, `on_stop`.
---
---Fails: An error of the script.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user "visitor"
---user:run()
---expect(user.ended).to_be "completed"
---```
---@param options? TestSessionOptions How long the session is.
function TestUser:run(options) end

---Begins a session and calls `on_start`.
---
---Fails: An error of the script.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user "visitor"
---user:start()
---expect(user.state.looked).to_be(0)
---```
---@param options? TestSessionOptions How long the session is.
function TestUser:start(options) end

---Makes one step; begins a session before the first one.
---
---Fails: An error when the type has no step of that name; an error of the script.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user "visitor"
---user:step "look"
---user:step "search"
---expect(user.requests[2].query).to_be "q=emma"
---```
---@param name string The name of the step.
function TestUser:step(name) end

---Calls `on_stop` and ends the session.
---
---Fails: An error of the script.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user "visitor"
---user:step "look"
---user:stop()
---expect(user.state.looked).to_be(1)
---```
function TestUser:stop() end

---A request of a user in a test.
---
---```lua
---mock { ["GET /products/{id}"] = { json = { id = 7 }, latency = "50ms" } }
---local user = throng.user "visitor"
---user:step "look"
---local request = user.requests[1]
---expect(request.method .. " " .. request.path).to_be "GET /products/7"
---expect(request.status).to_be(200)
---expect(request.seconds).to_be_close_to(0.05)
---```
---@class TestRequest
---@field method string Such as `"GET"`.
---@field path string Without the query.
---@field query? string What stands behind the `?`.
---@field url string The full URL.
---@field body string What was sent.
---@field json any The body as JSON; nil where it is none.
---@field status? integer The status code; nil where there was no answer.
---@field error? string Why there was none.
---@field seconds number How long the answer took. In seconds.
---@field answer TestAnswer What came back.
local TestRequest = {}

---The answer to a request of a user in a test.
---
---```lua
---mock { ["GET /products/{id}"] = { json = { id = 7 } } }
---local user = throng.user "visitor"
---user:step "look"
---expect(user.requests[1].answer.json.id).to_be(7)
---```
---@class TestAnswer
---@field body string What came back.
---@field json any The same as JSON; nil where it is none.
local TestAnswer = {}

---How often a check of a user in a test held.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user "visitor"
---user:step "look"
---user:step "look"
---expect(user.checks["is there"]).to_equal { passed = 2, failed = 0 }
---```
---@class CheckCounts
---@field passed integer How often it held.
---@field failed integer How often it did not.
local CheckCounts = {}

---What the script of a user in a test logged.
---
---```lua
---mock { ["*"] = 503 }
---local user = throng.user "visitor"
---user:step "look"
---local line = user.logs[1]
---expect(line.level).to_be "warn"
---expect(line.text).to_contain "no product"
---```
---@class LogLine
---@field level string `debug`, `info`, `warn` or `error`.
---@field text string The words and fields.
local LogLine = {}

---A request that the function of a route answers.
---
---```lua
---mock {
---  ["GET /products/{id}"] = function(req)
---    if req.headers.accept then return { status = 406 } end
---    return { json = { id = req.params.id, page = req.query.page } }
---  end,
---}
---local user = throng.user "visitor"
---user:step "look"
---expect(user.requests[1].answer.json.id).to_be "7"
---```
---@class MockRequest
---@field method string Such as `"GET"`.
---@field path string Without the query.
---@field params table<string, string> The values of `{id}`, decoded.
---@field number integer How many requests the mock has had, this one included.
---@field url string The full URL.
---@field query table<string, any> The query by name; a list where a name comes again.
---@field headers table<string, string> By name, in any case.
---@field cookies table<string, string> By name.
---@field body string What was sent.
---@field json any The body as JSON; nil where it is none.
---@field form table<string, any> The fields of a form by name.
local MockRequest = {}

---One type of user.
---
---```lua
----- scripts/reader.lua: logs in, reads articles, sometimes writes a comment.
---auth.setup {
---  login = { path = "/login", fields = { "email" }, token = "/access_token" },
---}
---
---local function read()
---  http.get("/articles/{id}", { params = { id = random.zipf(500, 1) } })
---end
---local function comment()
---  http.post("/comments", { json = { text = random.sentence() } })
---end
---
---return {
---  weight = 2, -- Twice as many users as of a type with 1.
---  requests = { 10, 30 }, -- of a session
---  think = { 0.5, 3 }, -- seconds between steps
---  on_start = function()
---    if not auth.login({ email = random.email() }).ok then
---      return false, "no login"
---    end
---  end,
---  steps = { { 90, read }, { 10, comment } },
---  on_stop = function() auth.clear() end,
---}
---```
---@class Contract
---@field weight? number Its share of the users, relative to the other types; above 0. Default: 1.
---@field requests? integer|integer[] Minimum and maximum of a session, or one number. In requests. Default: { 10, 100 }.
---@field think? number|number[]|(fun(user: User): number) Time between steps: a number, a range, or a function. In seconds. Default: { 0.1, 2 }.
---@field pace? number Time from the start of a step to the start of the next, in place of `think`. In seconds.
---@field headers? table<string, any>|(fun(user: User): table<string, any>?) Headers of every request of a session to the target.
---@field away? number|number[] Time between two sessions of a user: a number or a range. In seconds. Default: 0.
---@field returns? number Share of the sessions of people who were there before, 0 to 1. Default: 1; with --arrivals 0.
---@field keep_cookies? boolean Whether people who come back have their cookies. Default: false.
---@field on_start? fun(user: User): boolean?, string? Called once at the start of a session; false ends it as failed.
---@field steps? (Step|(fun(user: User))[]) The steps, one of which is drawn each time.
---@field step? fun(user: User): boolean?, string? Called instead of `steps`, for full control.
---@field on_stop? fun(user: User) Called at the end of a session, also when the run stops or a step failed.
---@field migrate? fun(state: table, from: integer, memory: table): table, table? Converts state and memory of version `from` to this one.

---A step that is drawn.
---
---```lua
---local function browse() http.get "/items" end
---local function buy() http.post("/orders", { json = { item = 7 } }) end
---local function export() http.get "/export.csv" end
---
---return {
---  steps = {
---    { 9, browse, next = { browse = 0.7, buy = 0.2, leave = 0.1 } },
---    -- Of weight 0: only `next` leads to it.
---    { 0, buy, name = "buy", next = { browse = 0.5, leave = 0.5 } },
---    -- Skipped first while the target is overloaded.
---    { 1, export, heavy = true },
---  },
---}
---```
---@class Step
---@field name? string Its name in the log and in reports. Default: that of its function.
---@field heavy? boolean|integer How early it is skipped while the target is overloaded: 1 to 3, true is 3. Default: never.
---@field next? table<string, number> The shares of the steps after it, by name, and of `leave`; they add up to 1.
---@field [1] number Its weight.
---@field [2] fun(user: User): boolean?, string?

---Setup and teardown of a run, in `_crowd.lua`.
---
---```lua
----- scripts/_crowd.lua: creates a room for all users, and deletes it.
---return {
---  setup = function()
---    local res = http.post("/rooms", { json = { name = "run" } })
---    return { room = res.ok and res:json().id }
---  end,
---  teardown = function(crowd)
---    http.delete("/rooms/{id}", { params = { id = crowd.room } })
---  end,
---}
---```
---@class CrowdScript
---@field setup? fun(): any Called before the first user; its plain result is the read-only `crowd`.
---@field teardown? fun(crowd: any) Called after the last user, also when the run was stopped.

---How often users make which mistakes, in `lib/mistakes.lua`.
---
---```lua
----- lib/mistakes.lua
---return {
---  nominal = 15, -- With --error-rate 30 users err twice as often.
---  kinds = { not_found = 0.2, given_up = 0.05 },
---}
---```
---@class Mistakes
---@field nominal number The --error-rate that these rates are meant for. In percent.
---@field kinds table<string, number> The rate of each kind, 0 to 1.

---The options of a request.
---
---```lua
---http.post("/teams/{team}/users", {
---  params = { team = 7 },
---  query = { role = { "reader", "editor" } }, -- ?role=reader&role=editor
---  headers = { ["X-Source"] = "import" },
---  json = { name = random.name() },
---  expect = { "2xx", 409 }, -- Another user may have taken the name.
---  timeout = 5, -- seconds
---  tags = { plan = "free" },
---})
---```
---@class RequestOptions
---@field params? table<string, any> Values for the braces of the path; a missing or an unused one is an error.
---@field query? table<string, any> Behind `?`, by name; a list repeats its name.
---@field headers? table<string, any> A list sends a header several times, false omits it.
---@field json? any A body as application/json.
---@field form? table<string, any> A body as application/x-www-form-urlencoded.
---@field multipart? table<string, any>|Part[] The parts of multipart/form-data, by name or as a list.
---@field body? string A body, sent as it is, without a Content-Type.
---@field expect? integer|string|(integer|string)[] The statuses that this call expects: 404, "4xx", or a list of them. Default: 200 to 399.
---@field give_up_after? number Time after which the user gives up on purpose. In seconds.
---@field creates? Creates What it creates on the target, for the clean-up.
---@field timeout? number Time for the whole request. In seconds. Default: --request-timeout.
---@field retry? integer|Retry How often it is retried after a failure, at most 100. Default: 0.
---@field name? string The name to count the request under. Default: the path, before `params` are filled in.
---@field tags? table<string, string> It is also counted in `tagged_requests`, by tag and value.
---@field redirects? integer|boolean How many redirects are followed, at most 100; 0 or false: none. Default: 10.

---What a request creates on the target, for the clean-up.
---
---```lua
---local email = random.email()
---http.post("/users", {
---  json = { email = email },
---  creates = {
---    kind = "user",
---    id = "/id",
---    delete = { path = "/users/{id}" },
---    find = { path = "/users", list = "/items", where = { email = email } },
---  },
---})
---```
---@class Creates
---@field kind string What it is, a word of your own.
---@field id? string JSON pointer to the id in the response.
---@field delete Deletion How to delete it; a DELETE request of its user to this path settles it, too.
---@field find? Find How to look it up where its creation was never confirmed.
---@field needs? string[] Kinds that it depends on, which are deleted after it.
---@field as? table<string, any> The account that may delete it, for the login of the clean-up.

---How a created item is deleted.
---
---```lua
---http.post("/teams/{team}/keys", {
---  params = { team = 7 },
---  json = { name = "ci" },
---  creates = {
---    kind = "key",
---    id = "/id",
---    needs = { "team" }, -- Keys are deleted before the teams.
---    delete = {
---      method = "POST",
---      path = "/teams/{team}/keys/{id}/revoke",
---      json = { now = true },
---    },
---    find = {
---      path = "/teams/7/keys",
---      list = "/items",
---      where = { name = "ci" },
---    },
---  },
---})
---```
---@class Deletion
---@field method? string The method. Default: "DELETE".
---@field path string The path, with the id and the params of the request.
---@field json? any A body to send as JSON; `{id}` and the params in its texts are replaced.

---How a created item is looked up.
---
---```lua
---local email = random.email()
---http.post("/users", {
---  json = { email = email },
---  creates = {
---    kind = "user",
---    id = "/id",
---    delete = { path = "/users/{id}" },
---    -- Requested only if the response never came.
---    find = {
---      path = "/users/by-email/{email}",
---      params = { email = email },
---      id = "/id",
---    },
---  },
---})
---```
---@class Find
---@field path string The path to request with GET.
---@field params? table<string, any> Values for its braces.
---@field list? string JSON pointer to a list in the response. Default: the response itself.
---@field where? table<string, any> The fields that identify the item.
---@field id? string JSON pointer to the id in the item. Default: "/id".

---How often a call is retried, and after what.
---
---```lua
----- Up to three times, also after a 500.
---local res = http.get("/flaky", { retry = { 3, on = { 500, 503 } } })
---print(res.status) --> 200
---```
---@class Retry
---@field times? integer How often, 0 to 100; also as the first value of the table. Default: 1.
---@field any_method? boolean Also POST and PATCH, whose work may then be done twice. Default: false.
---@field on? integer|integer[] The statuses to retry. Default: { 429, 502, 503, 504 }.
---@field pause? number Least time before the first retry. In seconds. Default: 0.2.
---@field expected? boolean Whether responses that are retried count as `expected`, not as `unexpected`. Default: false.
---@field [1]? integer How often, as `times`.

---A part of multipart/form-data.
---
---```lua
---http.post("/photos", {
---  multipart = {
---    { name = "tag", content = "new" },
---    { name = "tag", content = "blue" },
---    {
---      name = "photo",
---      content = random.string(1000),
---      filename = "a.png",
---      type = "image/png",
---    },
---  },
---})
---```
---@class Part
---@field name string The name of its field.
---@field content string The content of the part.
---@field filename? string The name of its file.
---@field type? string Its Content-Type. Default: none.
---@field headers? table<string, string> Further headers of the part.

---The attributes of a cookie.
---
---```lua
---http.cookies.set("consent", "all", { path = "/shop", max_age = 86400 })
---print(http.cookies.get("consent", "/shop/cart")) --> "all"
---print(http.cookies.get("consent", "/account")) --> nil
---```
---@class CookieOptions
---@field url? string The path or URL whose response would have set it. Default: --base-url.
---@field domain? string Its domain, for all hosts below it. Default: this host only.
---@field path? string The beginning of the paths to which it is sent. Default: "/".
---@field max_age? number Time until it expires; 0 removes it. In seconds. Default: with the session.
---@field secure? boolean Whether it is sent over TLS only. Default: false.
---@field http_only? boolean Whether it is hidden from scripts of a page. Default: false.

---How the target logs users in.
---
---```lua
---auth.setup {
---  login = {
---    path = "/login",
---    fields = { "email", "password" },
---    token = "/access_token",
---  },
---  refresh = { path = "/refresh", field = "refresh_token" },
---  logout = { path = "/logout" },
---}
---
---return {
---  on_start = function()
---    auth.login { email = "ada@example.com", password = "secret" }
---  end,
---  step = function() http.get "/me" end,
---}
---```
---@class LoginScheme
---@field login LoginCall How a user logs in.
---@field refresh? RefreshCall How a token is refreshed.
---@field logout? LogoutCall How a token is revoked.

---How a user logs in.
---
---```lua
---auth.setup {
---  login = {
---    path = "/token",
---    fields = { "username", "password" },
---    -- The fields of the account and these are sent as a form.
---    form = { grant_type = "password" },
---    client = { "web", "none" },
---    token = "/access_token",
---    expires_in = "/expires_in",
---  },
---}
---
---return {
---  on_start = function() auth.login { username = "ada", password = "x" } end,
---  step = function() http.get "/me" end,
---}
---```
---@class LoginCall
---@field path string Appended to the base URL, or a full URL.
---@field fields string[] The fields of the account that are sent.
---@field token string JSON pointer to the access token.
---@field refresh? string JSON pointer to the refresh token.
---@field expires_in? string JSON pointer to the seconds until it expires.
---@field json? table<string, any> Further fields; all fields are sent as JSON.
---@field form? table<string, any> Further fields; all fields are sent as a form.
---@field client? string[] Client id and secret, sent as basic credentials.
---@field headers? table<string, string> Further headers.

---How a token is refreshed.
---
---```lua
---auth.setup {
---  login = {
---    path = "/login",
---    fields = { "email" },
---    token = "/access_token",
---    refresh = "/refresh_token",
---  },
---  refresh = { path = "/refresh", field = "token", json = { app = "web" } },
---}
---
---return {
---  on_start = function() auth.login { email = "ada@example.com" } end,
---  step = function() metrics.check("refreshed", auth.refresh()) end,
---}
---```
---@class RefreshCall
---@field path string Appended to the base URL, or a full URL.
---@field field? string The name under which the refresh token is sent. Default: "refresh_token".
---@field token? string JSON pointer to the access token. Default: that of the login.
---@field refresh? string JSON pointer to the refresh token. Default: that of the login.
---@field expires_in? string JSON pointer to the seconds until it expires. Default: that of the login.
---@field json? table<string, any> Further fields; all fields are sent as JSON.
---@field form? table<string, any> Further fields; all fields are sent as a form.
---@field client? string[] Client id and secret, sent as basic credentials.
---@field headers? table<string, string> Further headers.

---How a token is revoked.
---
---```lua
---auth.setup {
---  login = { path = "/login", fields = { "email" }, token = "/access_token" },
---  logout = {
---    path = "/revoke",
---    field = "token",
---    form = {},
---    client = { "web", "none" },
---  },
---}
---
---return {
---  on_start = function() auth.login { email = "ada@example.com" } end,
---  step = function() http.get "/me" end,
---  on_stop = function() auth.logout() end,
---}
---```
---@class LogoutCall
---@field path string Appended to the base URL, or a full URL.
---@field field? string The refresh token, or else the access token, is sent under this name. Default: it is not sent.
---@field json? table<string, any> Further fields; all fields are sent as JSON.
---@field form? table<string, any> Further fields; all fields are sent as a form.
---@field client? string[] Client id and secret, sent as basic credentials.
---@field headers? table<string, string> Further headers.

---The keys of an AWS account.
---
---```lua
----- Temporary keys, as a role gives them.
---auth.aws {
---  access_key = vars.aws_key or "ASIAEXAMPLE",
---  secret_key = vars.aws_secret or "secret",
---  session_token = vars.aws_token or "token",
---  region = "eu-west-1",
---  service = "s3",
---}
---http.get "/photos/cat.jpg"
---```
---@class AwsCredentials
---@field access_key string The id of the access key.
---@field secret_key string The secret access key.
---@field region string The region, such as `eu-west-1`.
---@field service string The service, such as `execute-api` or `s3`.
---@field session_token? string The token of temporary keys. Default: none.

---An OAuth 2.0 server, and who asks it.
---
---```lua
----- The account of a person, with a client that has no secret.
---auth.oauth2 {
---  token_url = "/token",
---  client_id = "app",
---  grant = "password",
---  scope = "orders:read",
---}
---
---return {
---  on_start = function()
---    local account = { username = "ada", password = vars.password or "x" }
---    if not auth.login(account).ok then return false, "no token" end
---  end,
---  step = function() http.get "/orders" end,
---}
---```
---@class OAuth2Server
---@field token_url string Appended to the base URL, or a full URL.
---@field client_id string The id of the client.
---@field client_secret? string Its secret; none of a public client.
---@field grant? string Or `password`: then auth.login takes username and password. Default: "client_credentials".
---@field scope? string The scopes, with spaces between. Default: none.
---@field client_auth? string Where the client is named: in a `basic` header, or in the `body`. Default: "basic" with a secret.
---@field form? table<string, any> Further fields, such as `audience`.

---What is known of a metric beside its name.
---
---```lua
---local orders = metrics.counter("orders", {
---  help = "Orders sent.",
---  labels = { "size", "payment" },
---})
---
---return {
---  step = function()
---    local res = http.post("/orders", { json = { item = 7 } })
---    if res.ok then orders:add(1, { size = "small", payment = "card" }) end
---  end,
---}
---```
---@class MetricOptions
---@field help? string What it counts, in one sentence.
---@field labels? string[] The names of its labels, as those of metrics. Default: none.

---The format of JSON.
---
---```lua
---print(json.encode({ id = 7 }, { pretty = true })) --> '{\n  "id": 7\n}'
---```
---@class JsonOptions
---@field pretty? boolean Over several lines, indented by two blanks. Default: false.

---The format of a CSV file.
---
---```lua
---local shops = data.csv("shops.csv", { separator = ";" }) -- city;name
---
---return {
---  step = function()
---    http.get("/shops", { query = { city = shops:pick().city } })
---  end,
---}
---```
---@class CsvOptions
---@field separator? string The ASCII character between fields. Default: ",".

---How a token is signed.
---
---```lua
---local opts = { alg = "HS512", kid = "k1" }
---local token = crypto.jwt.encode({ sub = "7" }, "secret", opts)
---local _, header = crypto.jwt.decode(token)
---print(header.alg, header.kid) --> "HS512", "k1"
---```
---@class JwtOptions
---@field alg? string HS256, HS384, HS512, RS256, RS384, RS512, ES256 or ES384. Default: "HS256".
---@field kid? string The id of the key, in the header. Default: none.

---What a user of a test has of its own.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user("visitor", { vars = { PRODUCT = 12 } })
---user:step "look"
---expect(user.requests[1].path).to_be "/products/12"
---```
---@class TestUserOptions
---@field seed? integer Of all its draws. Default: `--seed`.
---@field vars? table<string, any> Beside those of `-e`, which they replace.
---@field crowd? any What its script has as `crowd`.
---@field error_rate? number Deliberate mistakes, 0 to 100. In percent. Default: 0.

---How long a session of a test is.
---
---```lua
---mock { ["*"] = 200 }
---local user = throng.user "visitor"
---user:run { requests = 5 }
---expect(user.requests).to_have_length(5)
---```
---@class TestSessionOptions
---@field requests? integer From 1. In requests. Default: drawn, as in a run.

---An answer of a mock.
---
---```lua
---mock {
---  ["GET /products/{id}"] = { status = 404, json = { error = "sold out" } },
---  ["GET /search"] = { error = "reset" },
---}
---local user = throng.user "visitor"
---user:step "look"
---user:step "search"
---expect(user.requests[1].answer.json.error).to_be "sold out"
---expect(user.requests[2].error).to_be "reset"
---```
---@class MockAnswer
---@field status? integer 200 to 599. Default: 200.
---@field json? any A value, sent as JSON.
---@field body? string A text, sent as it is.
---@field headers? table<string, any> By name; a list sends a header several times.
---@field latency? number|string|MockLatency How long the answer takes, at least 0.001. In seconds. Default: that of the file.
---@field error? string A fault of the connection: dns, connect, tls, timeout, reset, truncated or protocol.

---How long answers take: log-normal by `p50` and `p99`, or uniform from `min` to `max`.
---
---```lua
---mock { latency = { min = "40ms", max = "60ms" }, ["*"] = 200 }
---local user = throng.user "visitor"
---user:step "look"
---expect(user.requests[1].seconds).to_be_close_to(0.05, 0.011)
---```
---@class MockLatency
---@field p50? number|string The median. In seconds.
---@field p99? number|string What 1 in 100 exceeds. In seconds. Default: p50.
---@field min? number|string The shortest. In seconds.
---@field max? number|string The longest. In seconds.

---A route in a list, whose order decides; the answer is in it or in `answer`.
---
---```lua
---mock {
---  { route = "GET /products/7", status = 410 },
---  { route = "GET /products/{id}", answer = { body = "it is there" } },
---}
---local user = throng.user "visitor"
---user:step "look"
---expect(user.requests[1].status).to_be(410)
---```
---@class MockRoute
---@field route string Such as `"GET /users/{id}"`.
---@field answer? integer|MockAnswer|(fun(req: MockRequest): integer|MockAnswer) A status, an answer, or a function that gives one.
---@field status? integer 200 to 599. Default: 200.
---@field json? any A value, sent as JSON.
---@field body? string A text, sent as it is.
---@field headers? table<string, any> By name; a list sends a header several times.
---@field latency? number|string|MockLatency How long the answer takes, at least 0.001. In seconds. Default: that of the file.
---@field error? string A fault of the connection: dns, connect, tls, timeout, reset, truncated or protocol.

---Requests of a user.
---@class throng.http
http = {}

---Sends a GET and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
----- The user may not exist: that does not count as a failure.
---local res = http.get("/users/{id}", {
---  params = { id = random.int(1, 100) },
---  expect = { 200, 404 },
---})
---if res.status == 200 then log.info("found", { name = res:json().name }) end
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.get(path, opts) end

---Sends a POST and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
---local email = random.email()
---local res = http.post("/users", {
---  json = { name = random.name(), email = email },
---  creates = {
---    kind = "user",
---    id = "/id",
---    delete = { path = "/users/{id}" },
---    find = { path = "/users", list = "/items", where = { email = email } },
---  },
---})
---metrics.check("a user has an id", res.ok and res:json().id)
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.post(path, opts) end

---Sends a PUT and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
---local res = http.put("/users/{id}", {
---  params = { id = 7 },
---  json = { name = "Ada" },
---})
---metrics.check("the name is stored", res.ok and res:json().name == "Ada")
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.put(path, opts) end

---Sends a PATCH and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
----- A PATCH is not retried, unless the call says that it may be.
---http.patch("/users/{id}", {
---  params = { id = 7 },
---  json = { name = "Ada" },
---  retry = { 2, any_method = true },
---})
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.patch(path, opts) end

---Sends a DELETE and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
----- Another user may have deleted it before: that does not count as a failure.
---local res = http.delete("/users/{id}", {
---  params = { id = 7 },
---  expect = { 200, 204, 404 },
---})
---metrics.check("it was there", res.status ~= 404)
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.delete(path, opts) end

---Sends a HEAD and waits for the response, which has no body.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
---local res = http.head "/export.csv"
---print(res.status, res.headers["content-type"]) --> 200, "text/csv"
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.head(path, opts) end

---Sends an OPTIONS and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
----- What a browser asks before a script of another site may send a PUT.
---http.options("/users", {
---  headers = {
---    ["Origin"] = "https://shop.example.com",
---    ["Access-Control-Request-Method"] = "PUT",
---  },
---})
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.options(path, opts) end

---Sends a request of any method and waits for the response.
---
---Fails: A failure of the network is not raised: it is a response with `error` and without `status`. An unknown option and a value that cannot be sent are errors.
---
---```lua
---http.request("PROPFIND", "/files", {
---  headers = { Depth = "1" },
---  expect = { 207, 405 },
---})
---```
---@param method string The method, in any case.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@return Response # How the request ended, also where there was no response.
function http.request(method, path, opts) end

---Loads a page with its images, scripts and style sheets, six at a time, as a browser with a cache does. Assets on other origins are left alone, but for the hosts named.
---
---Fails: A page or an asset that does not come is not raised: see the response and `assets.failed`.
---
---```lua
---local res, assets = http.page("/shop", {}, { "cdn.example.com" })
---print(res.status, assets.loaded, assets.foreign) --> 200, 3, 1
---metrics.check("all assets came", assets.failed == 0)
---```
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions Body, headers, timeout and so on.
---@param hosts? string[] Other hosts whose assets are loaded, such as "cdn.example.com".
---@return Response # That of the page itself.
---@return PageAssets # What became of its assets.
function http.page(path, opts, hosts) end

---The user's cookies.
---@class throng.http.cookies
http.cookies = {}

---The value of a cookie.
---
---Fails: nil when the user has no such cookie.
---
---```lua
---http.cookies.set("basket", "b7", { path = "/shop" })
---print(http.cookies.get "basket") --> "b7"
---print(http.cookies.get("basket", "/shop/cart")) --> "b7"
---print(http.cookies.get("basket", "/users")) --> nil
---```
---@param name string The name of the cookie.
---@param url? string A path, as in a request, or a full URL; nil: all cookies.
---@return string? # The value that is sent to this path or URL; without one the first of that name.
function http.cookies.get(name, url) end

---The cookies sent to this path or URL, or all.
---
---```lua
---http.cookies.set("theme", "dark")
---http.cookies.set("basket", "b7", { path = "/shop" })
----- Longer paths come first, as in the header `Cookie`.
---local cookies = http.cookies.all "/shop"
---print(#cookies, cookies[1].name, cookies[2].name) --> 2, "basket", "theme"
---```
---@param url? string A path, as in a request, or a full URL; nil: all cookies.
---@return Cookie[] # In the order in which they are sent.
function http.cookies.all(url) end

---Sets a cookie as if a response had set it.
---
---Fails: What a browser would reject is an error.
---
---```lua
---http.cookies.set("consent", "all", { max_age = 86400 })
---http.get("/")
---```
---@param name string The name of the cookie.
---@param value string Its value.
---@param opts? CookieOptions Its attributes.
function http.cookies.set(name, value, opts) end

---Removes the cookies of a name, or all.
---
---```lua
---http.cookies.set("theme", "dark")
---http.cookies.set("basket", "b7")
---http.cookies.clear "basket"
---print(#http.cookies.all()) --> 1
---http.cookies.clear() -- As if the browser were new.
---```
---@param name? string The name of the cookies; nil: all.
function http.cookies.clear(name) end

---Tokens and credentials of the user.
---@class throng.auth
auth = {}

---Declares how the target logs users in; the last declaration holds.
---
---Fails: An error for a missing or unknown key, and for what is not a JSON pointer.
---
---```lua
---auth.setup {
---  login = {
---    path = "/login",
---    fields = { "email", "password" },
---    token = "/access_token",
---    expires_in = "/expires_in",
---  },
---  logout = { path = "/logout" },
---}
---
---return {
---  on_start = function()
---    local res = auth.login {
---      email = vars.email or "ada@example.com",
---      password = "secret",
---    }
---    if not res.ok then return false, "no login" end
---  end,
---  step = function() http.get("/me") end,
---  on_stop = function() auth.logout() end,
---}
---```
---@param scheme LoginScheme The calls that log in, refresh and log out.
function auth.setup(scheme) end

---Sends the account's fields and stores the tokens on success.
---
---Fails: An error when nothing declared how users log in, the account lacks a field, or a success has no token.
---
---```lua
---auth.setup {
---  login = { path = "/login", fields = { "email" }, token = "/access_token" },
---}
---
---return {
---  on_start = function()
---    local res = auth.login { email = vars.email or "ada@example.com" }
---    if not res.ok then return false, "no login" end
---  end,
---  step = function() http.get "/me" end, -- It has the token.
---}
---```
---@param account table<string, any> Its fields are those that `auth.setup` names.
---@param opts? RequestOptions With them fields may be missing from the account.
---@return Response # That of the login: `ok` says whether it succeeded.
function auth.login(account, opts) end

---Revokes the token on the target and forgets it, whatever the response.
---
---Fails: nil when not logged in, or when `auth.setup` names no logout.
---
---```lua
---auth.setup {
---  login = { path = "/login", fields = { "email" }, token = "/access_token" },
---  logout = { path = "/logout" },
---}
---
---return {
---  on_start = function() auth.login { email = "ada@example.com" } end,
---  step = function() http.get "/me" end,
---  on_stop = function()
---    auth.logout()
---    print(auth.token(), auth.logout()) --> nil, nil
---  end,
---}
---```
---@param opts? RequestOptions Those of the request.
---@return Response? # That of the logout.
function auth.logout(opts) end

---Gets a new token, as happens by itself shortly before the end of one and after a 401.
---
---```lua
---auth.setup {
---  login = {
---    path = "/login",
---    fields = { "email" },
---    token = "/access_token",
---    refresh = "/refresh_token",
---  },
---  refresh = { path = "/refresh" },
---}
---
---return {
---  on_start = function() auth.login { email = "ada@example.com" } end,
---  -- Tokens are refreshed in time without it; this one is early on purpose.
---  step = function() metrics.check("refreshed", auth.refresh()) end,
---}
---```
---@return boolean # Whether it succeeded; false without a way to refresh.
function auth.refresh() end

---The token that requests carry: that of a login, or of `auth.bearer`.
---
---```lua
---auth.setup {
---  login = { path = "/login", fields = {}, token = "/access_token" },
---}
---
---return {
---  on_start = function()
---    auth.login {}
---    print(auth.token()) --> "t"
---  end,
---  -- This one wants it in the query as well.
---  step = function()
---    http.get("/stream", { query = { token = auth.token() } })
---  end,
---}
---```
---@return string? # The token; nil where there is none.
function auth.token() end

---The refresh token that a login gave.
---
---```lua
---auth.setup {
---  login = {
---    path = "/login",
---    fields = { "email" },
---    token = "/access_token",
---    refresh = "/refresh_token",
---  },
---}
---
---return {
---  on_start = function() auth.login { email = "ada@example.com" } end,
---  step = function()
---    http.post("/devices", { json = { token = auth.refresh_token() } })
---  end,
---}
---```
---@return string? # The token; nil when there is none.
function auth.refresh_token() end

---Forgets all credentials and sends nothing.
---
---```lua
---auth.bearer "t-123"
---http.get "/me"
---auth.clear()
---http.get("/me", { expect = { 200, 401 } }) -- Sent without the token.
---```
function auth.clear() end

---Every request has `Authorization: Bearer <token>`, until the session ends.
---
---Fails: An error when no header can have it.
---
---```lua
---auth.bearer(vars.api_token or "none")
---http.get("/me")
---```
---@param token string It is masked in all outputs.
function auth.bearer(token) end

---Every request has basic credentials, until the session ends.
---
---```lua
---auth.basic("ada@example.com", vars.password or "secret")
---http.get "/reports"
---```
---@param name string The user name.
---@param password string It is masked in all outputs.
function auth.basic(name, password) end

---Requests are signed by HTTP digest authentication (RFC 7616) when the target asks for it.
---
---Fails: An error when no header can have the name; a wrong password is a 401.
---
---```lua
---auth.digest("ada", vars.password or "secret")
----- The first request meets a 401, and is sent again with the credentials.
---local res = http.get "/private"
---print(res.status) --> 200
---```
---@param name string The user name.
---@param password string It is masked in all outputs.
function auth.digest(name, password) end

---Every request has an AWS signature, version 4, until the session ends.
---
---Fails: An error for a missing or unknown key.
---
---```lua
---return {
---  on_start = function()
---    auth.aws {
---      access_key = vars.aws_key or "AKIDEXAMPLE",
---      secret_key = vars.aws_secret or "secret",
---      region = "eu-west-1",
---      service = "execute-api",
---    }
---  end,
---  step = function() http.get("/prod/orders", { query = { limit = 20 } }) end,
---}
---```
---@param credentials AwsCredentials Keys, region and service.
function auth.aws(credentials) end

---Declares that auth.login gets a token of an OAuth 2.0 server, which is renewed by itself.
---
---Fails: An error for a missing or unknown key, and for an unknown grant.
---
---```lua
---auth.oauth2 {
---  token_url = "/token",
---  client_id = vars.client_id or "web",
---  client_secret = vars.client_secret or "none",
---  scope = "orders:read",
---}
---
---return {
---  on_start = function()
---    if not auth.login({}).ok then return false, "no token" end
---  end,
---  step = function() http.get "/orders" end,
---}
---```
---@param server OAuth2Server The server and the client.
function auth.oauth2(server) end

---Every request to the target has this header too; false removes it.
---
---Fails: An error when no header can have the name or the value.
---
---```lua
---auth.header("X-Api-Key", vars.api_key or "none")
---http.get("/me")
---```
---@param name string The name of the header.
---@param value string|false It is masked in all outputs.
function auth.header(name, value) end

---Values that a user makes up, all from the run's seed.
---@class throng.random
random = {}

---An integer between two, both included.
---
---Fails: An error when lo is greater than hi.
---
---```lua
---local page = random.int(1, 3)
---print(page) --> such as 3
---http.get("/users", { query = { page = page } })
---```
---@param lo integer The least one.
---@param hi integer The greatest one.
---@return integer # Each of them is as likely.
function random.int(lo, hi) end

---A number from 0 to 1, or from lo to hi, uniform.
---
---Fails: An error when lo is greater than hi.
---
---```lua
---local share, celsius = random.float(), random.float(18, 24)
---http.post("/readings", { json = { share = share, celsius = celsius } })
---```
---@param lo? number The least one. Default: 0.
---@param hi? number The greatest one; needed with lo. Default: 1.
---@return number # From lo, included, to hi.
function random.float(lo, hi) end

---True with a probability.
---
---Fails: An error when p is not from 0 to 1.
---
---```lua
---http.get "/products"
----- One in five puts something into the cart.
---if random.chance(0.2) then http.post("/cart", { json = { item = 7 } }) end
---```
---@param p number The probability, 0 to 1.
---@return boolean # Whether it happens this time.
function random.chance(p) end

---Whether the user errs now, at the rate of this kind scaled by --error-rate.
---
---Fails: An error for a kind that lib/mistakes.lua does not have.
---
---```lua
---if random.mistake "not_found" then
---  http.get("/users/{id}", { params = { id = random.uuid() }, expect = 404 })
---end
---```
---@param kind string One of those in lib/mistakes.lua.
---@return boolean # Whether to make the mistake.
function random.mistake(kind) end

---An element of a list.
---
---Fails: nil when the list is empty.
---
---```lua
---local color = random.pick { "red", "green", "blue" }
---http.get("/things", { query = { color = color } })
---```
---@param list any[] Each element is as likely.
---@return any # The element.
function random.pick(list) end

---A value of { { 70, value }, { 30, value } }, or a name of { read = 70, write = 30 }.
---
---Fails: nil when there are no choices; an error when a share is negative or all are 0.
---
---```lua
---local action = random.weighted { read = 90, write = 10 }
---if action == "read" then
---  http.get("/notes")
---else
---  http.post("/notes", { json = { text = random.sentence() } })
---end
---```
---@param choices table Shares of at least 0, of any sum above 0.
---@return any # The value, or the name.
function random.weighted(choices) end

---A copy of a list in random order.
---
---```lua
---local pages = { "/news", "/sport", "/weather" }
---for _, path in ipairs(random.shuffle(pages)) do
---  http.get(path)
---end
---print(pages) --> { "/news", "/sport", "/weather" }
---```
---@param list any[] It is not changed.
---@return any[] # A new list of the same elements.
function random.shuffle(list) end

---A UUID of version 4.
---
---```lua
---local key = random.uuid()
---print(key) --> such as "bd7ad08f-1db6-40f7-a892-4e27ec03689e"
---local headers = { ["Idempotency-Key"] = key }
---http.post("/payments", { headers = headers, json = { amount = 20 } })
---```
---@return string # 36 characters; the same seed repeats it.
function random.uuid() end

---A string for names that must be unique on the target.
---
---```lua
---random.unique() --> such as "k7f2a9c1-0-1"
---http.post("/teams", { json = { slug = "team-" .. random.unique() } })
---```
---@return string # The run's id, the user and a count: no other user and no other run gets it.
function random.unique() end

---A string of random characters.
---
---Fails: An error when n is out of range, or the alphabet is empty or not UTF-8.
---
---```lua
---print(random.string(8)) --> such as "TjM9McBu"
---local code = random.string(6, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
---print(code) --> such as "GKAUPZ"
---http.post("/coupons", { json = { code = code } })
---```
---@param n integer Its length, 0 to 1,048,576. In characters.
---@param alphabet? string The characters to draw from. Default: ASCII letters and digits.
---@return string # So many characters of the alphabet.
function random.string(n, alphabet) end

---A name of a person: given and family name.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---print(random.name()) --> such as "Maya Dahl"
---print(random.name "ja_JP") --> such as "岡田 隆"
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # As the locale writes it; without one from many countries.
function random.name(locale) end

---An e-mail address.
---
---```lua
---local email = random.email()
---print(email) --> such as "maya.dahl.k7f2a9c1.0.1@example.com"
---http.post("/users", { json = { email = email } })
---```
---@return string # A unique address at example.com, where no mail arrives.
function random.email() end

---A user name.
---
---```lua
---print(random.username()) --> such as "maya_dahl_k7f2a9c1_0_1"
---```
---@return string # A unique name of letters, digits and _.
function random.username() end

---A phone number.
---
---```lua
---print(random.phone()) --> such as "+16175550115"
---```
---@return string # In the form of E.164, from the American numbers reserved for fiction.
function random.phone() end

---A sentence of common words.
---
---Fails: An error when words is out of range, or the locale is unknown.
---
---```lua
---print(random.sentence(5)) --> such as "Sky corner point write quick."
---http.post("/comments", { json = { text = random.sentence() } })
---```
---@param words? integer Its length, at most 1,000. In words. Default: 6 to 12.
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # With a capital letter and a full stop.
function random.sentence(words, locale) end

---A day between two.
---
---Fails: An error when from is after to, or one of them is not a date.
---
---```lua
---print(random.date()) --> such as "1991-06-14"
---print(random.date("2026-01-01", "2026-01-31")) --> such as "2026-01-05"
---```
---@param from? string The first day. Default: "1950-01-01".
---@param to? string The last day. Default: "2005-12-31".
---@return string # Year, month and day; by default an adult's date of birth.
function random.date(from, to) end

---A made-up address in a real town.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---local home = random.address "pt_BR"
---print(home.city, home.postcode) --> such as "Goiânia", "74960-431"
---http.post("/orders", { json = { item = 7, address = home.line } })
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return Address # Its parts, and all in one line.
function random.address(locale) end

---A town.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---print(random.city(), random.city "de_DE") --> such as "Boston", "München"
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # The name of a real town.
function random.city(locale) end

---A country.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---local name, code = random.country "fr_FR"
---print(name, code) --> such as "Canada", "CA"
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # Its name in the language of the locale.
---@return string # Its code (ISO 3166-1).
function random.country(locale) end

---A name of a company.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---print(random.company()) --> such as "Garcia and Martin"
---print(random.company "pt_BR") --> such as "Grupo Barbosa"
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # A made-up name, as the locale forms them.
function random.company(locale) end

---A name of a product.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---print(random.product()) --> such as "Wooden Box"
---print(random.product "pt_BR") --> such as "Jaqueta de bambu"
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # A thing and what it is made of.
function random.product(locale) end

---A price: as many of each order of magnitude, most ending in .99, .95, .90 or .00.
---
---Fails: An error when low is negative or above high, or the locale is unknown.
---
---```lua
---local price, currency = random.price(10, 80, "en_GB")
---print(price, currency) --> such as 46.99, "GBP"
---http.post("/products", { json = { price = price, currency = currency } })
---```
---@param low? number The lowest price, at least 0. In the currency of the locale. Default: 1.
---@param high? number The highest price. In the currency of the locale. Default: 500.
---@param locale? string Such as "pt_BR". Default: --locale.
---@return number # The price, with the decimal places of the currency. In the currency of the locale.
---@return string # The code of the currency (ISO 4217).
function random.price(low, high, locale) end

---A payment card from the numbers published for tests.
---
---```lua
---local card = random.card()
---print(card.brand, #card.number) --> such as "discover", 16
---http.post("/payments", { json = card })
---```
---@return Card # One that reaches no account.
function random.card() end

---A common word.
---
---Fails: An error when the locale is unknown; it lists all.
---
---```lua
---http.get("/search", { query = { q = random.word() } })
---print(random.word(), random.word "es_ES") --> such as "corner", "mapa"
---```
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # A word of the language of the locale.
function random.word(locale) end

---Common words.
---
---Fails: An error when n is out of range, or the locale is unknown.
---
---```lua
---print(random.words(3)) --> such as "sky corner point"
---http.post("/notes", { json = { title = random.words(3) } })
---```
---@param n integer How many, 0 to 1,000. In words.
---@param locale? string Such as "pt_BR". Default: --locale.
---@return string # The words, with blanks between.
function random.words(n, locale) end

---A number from a to b, uniform.
---
---Fails: An error when a is greater than b.
---
---```lua
----- A sensor between two fixed points, each value as likely as any other.
---http.post("/readings", { json = { celsius = random.uniform(-20, 40) } })
---```
---@param a number The least one.
---@param b number The greatest one.
---@return number # From a, included, to b.
function random.uniform(a, b) end

---A number of a normal distribution.
---
---Fails: An error when sd is negative.
---
---```lua
----- Two of three readings are from 19 to 23, 19 of 20 from 17 to 25.
---http.post("/readings", { json = { celsius = random.normal(21, 2) } })
---```
---@param mean number The mean.
---@param sd number The standard deviation, at least 0.
---@return number # Any number: also one below 0.
function random.normal(mean, sd) end

---A number of a log-normal distribution, the typical shape of latencies and sizes.
---
---Fails: An error when median or sigma is negative.
---
---```lua
----- Half of the files have less than 20 kB, one in forty more than 140 kB.
---local size = math.min(random.lognormal(20000, 1), 1000000)
---http.post("/files", { body = random.string(math.floor(size)) })
---```
---@param median number Half of the numbers are below it.
---@param sigma number The standard deviation of the logarithm.
---@return number # A number of at least 0.
function random.lognormal(median, sigma) end

---A number of an exponential distribution, such as the time between independent arrivals.
---
---Fails: An error when mean is negative.
---
---```lua
----- Messages that do not wait for each other, one in 5 s on average.
---for _ = 1, 3 do
---  http.post("/messages", { json = { text = random.sentence() } })
---  think(random.exponential(5))
---end
---```
---@param mean number The mean.
---@return number # A number of at least 0.
function random.exponential(mean) end

---A rank from 1 to n, rank k in proportion to k^-s: a few are popular.
---
---Fails: An error when n is below 1 or s is negative.
---
---```lua
----- The first of 1,000 products is asked for most, the second half as often.
---http.get("/products/{id}", { params = { id = random.zipf(1000, 1) } })
---```
---@param n integer How many ranks there are, at least 1.
---@param s number The exponent: 0 makes all ranks equal, 1 is typical of popularity.
---@return integer # The rank; 1 is the most popular one.
function random.zipf(n, s) end

---Numbers of a script's own.
---@class throng.metrics
metrics = {}

---Declares a counter, which only grows.
---
---Fails: An error inside a function, for a name that is not valid or was declared otherwise, and for the 101st metric of a run.
---
---```lua
---local orders = metrics.counter("orders", {
---  help = "Orders sent.",
---  labels = { "size" },
---})
---
---return {
---  step = function()
---    local size = random.pick { "small", "large" }
---    local res = http.post("/orders", { json = { size = size } })
---    if res.ok then orders:add(1, { size = size }) end
---  end,
---}
---```
---@param name string Lower-case letters, digits and _, such as `orders_sent`.
---@param opts? MetricOptions What it counts, and its labels.
---@return Counter # The metric, for a local at the top of the file.
function metrics.counter(name, opts) end

---Declares a gauge, which is set to a value.
---
---Fails: An error inside a function, for a name that is not valid or was declared otherwise, and for the 101st metric of a run.
---
---```lua
---local queue = metrics.gauge("queue_length", { help = "Jobs that wait." })
---
---return {
---  step = function()
---    local res = http.get("/jobs")
---    queue:set(res.ok and tonumber(res.headers["x-total"]) or 0)
---  end,
---}
---```
---@param name string Lower-case letters, digits and _, such as `orders_sent`.
---@param opts? MetricOptions What it counts, and its labels.
---@return Gauge # The metric, for a local at the top of the file.
function metrics.gauge(name, opts) end

---Declares a histogram; the summary shows its quantiles.
---
---Fails: An error inside a function, for a name that is not valid or was declared otherwise, and for the 101st metric of a run.
---
---```lua
---local results = metrics.histogram("results", {
---  help = "Results of a search.",
---})
---
---return {
---  step = function()
---    local res = http.get("/search", { query = { q = random.word() } })
---    if res.ok then results:observe(#res:json().items) end
---  end,
---}
---```
---@param name string Lower-case letters, digits and _, such as `orders_sent`.
---@param opts? MetricOptions What it counts, and its labels.
---@return Histogram # The metric, for a local at the top of the file.
function metrics.histogram(name, opts) end

---Counts whether a condition held; needs no declaration.
---
---```lua
---local res = http.get("/users")
---metrics.check("the list is not empty", res.ok and #res:json().items > 0)
---```
---@param name string A fixed text: a run tells 100 apart.
---@param ok any The condition; false and nil are failures.
---@return boolean # Whether it held.
function metrics.check(name, ok) end

---Journeys of a user.
---@class throng.journey
---@overload fun(name: string, body: fun(): any): any
journey = {}

---Begins a journey, which may last over steps until it is finished.
---
---Fails: An error when one of this name is under way.
---
---```lua
---return {
---  steps = {
---    function()
---      journey.begin "visit"
---      http.get("/")
---      journey.finish "visit"
---    end,
---  },
---}
---```
---@param name string A fixed text, such as "checkout".
function journey.begin(name) end

---Finishes a journey that was begun.
---
---Fails: An error when none of this name is under way, or it is that of a function.
---
---```lua
---return {
---  requests = 20,
---  on_start = function() journey.begin "visit" end,
---  step = function() http.get "/articles" end,
---  -- Its time is that of all steps between, with the pauses.
---  on_stop = function() journey.finish "visit" end,
---}
---```
---@param name string A fixed text, such as "checkout".
function journey.finish(name) end

---JSON text to Lua values and back.
---@class throng.json
---@field null lightuserdata JSON's null. It is true in a condition: compare with `==`.
json = {}

---A value as JSON text, keys in alphabetical order.
---
---Fails: An error for what JSON cannot hold: functions, cycles, NaN, more than 127 levels.
---
---```lua
---json.encode { name = "Ada", id = json.null } --> '{"id":null,"name":"Ada"}'
---json.encode { 1, 2.0, "three" } --> '[1,2.0,"three"]'
---```
---@param value any A table is a list where its keys are 1, 2, 3 and so on.
---@param opts? JsonOptions How it is laid out.
---@return string # The text, of at most 16 MiB.
function json.encode(value, opts) end

---The value that a JSON text says.
---
---Fails: nil and a message when it is not valid JSON.
---
---```lua
---local order = json.decode '{"id": 7, "items": [1, 2], "note": null}'
---print(order.id, #order.items, order.note == json.null) --> 7, 2, true
---local nothing, why = json.decode "{"
---print(nothing) --> nil
---log.warn(why)
---```
---@param text string One JSON value.
---@return any # Tables for objects and lists, `json.null` for null.
---@return string? # Why there is none, with line and column.
function json.decode(text) end

---Marks a table as a list, so that an empty one is encoded as `[]` and not `{}`.
---
---Fails: An error when the table has a metatable of its own, or is read-only and no list.
---
---```lua
---json.encode { tags = {} } --> '{"tags":{}}'
---json.encode { tags = json.array() } --> '{"tags":[]}'
---json.encode(json.decode '{"tags":[]}') --> '{"tags":[]}'
---```
---@param list? any[] The table to mark. Default: a new one.
---@return any[] # The same table.
function json.array(list) end

---The time, and times as text.
---@class throng.time
time = {}

---The time of the clock.
---
---```lua
---http.get("/events", { query = { since = math.floor(time.now()) - 3600 } })
---```
---@return number # Since 1970-01-01 UTC, with a fraction. In seconds.
function time.now() end

---The time of a clock that is never set back, for differences.
---
---```lua
---local start = time.monotonic()
---http.get "/users"
---http.get "/roles"
---metrics.check("both came within a second", time.monotonic() - start < 1)
---```
---@return number # Since a moment that is the same for the whole run. In seconds.
function time.monotonic() end

---A time as text (RFC 3339).
---
---Fails: An error when t is not within the years 0 to 9999.
---
---```lua
---time.iso(1764000000) --> "2025-11-24T16:00:00Z"
---time.iso(1764000000.25) --> "2025-11-24T16:00:00.250Z"
---http.post("/bookings", { json = { from = time.iso(time.now() + 86400) } })
---```
---@param t? number Since 1970-01-01 UTC. In seconds. Default: now.
---@return string # In UTC; with milliseconds where t has a fraction or is left out.
function time.iso(t) end

---The time that a text says (RFC 3339).
---
---Fails: nil and a message when it is not such a time.
---
---```lua
---time.parse "2025-11-24T16:00:00Z" --> 1764000000.0
---time.parse "2025-11-24T17:00:00+01:00" --> 1764000000.0
---local nothing, why = time.parse "yesterday"
---print(nothing) --> nil
---log.warn(why)
---```
---@param text string With an offset or Z, and any fraction.
---@return number? # Since 1970-01-01 UTC. In seconds.
---@return string? # Why there is none.
function time.parse(text) end

---Digests, tokens and encodings.
---@class throng.crypto
crypto = {}

---The MD5 digest, 32 digits: for checksums, not for secrets.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.md5 "Ada" --> "1a382809b7c03f686e12dd15677c5497"
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.md5(s) end

---The MD5 digest, 16 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---local body = '{"item":7}'
---local digest = crypto.base64.encode(crypto.md5_raw(body))
---print(digest) --> "0gPAO3Oo7bmwgZlaqZcYtQ=="
---http.post("/orders", { body = body, headers = { ["Content-MD5"] = digest } })
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.md5_raw(s) end

---The SHA-1 digest, 40 digits: for old protocols, not for secrets.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.sha1 "Ada" --> "5c3cb098d52deb3f67e97b7fba960c4cf6880461"
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.sha1(s) end

---The SHA-1 digest, 20 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
----- The digest of a WSSE header: of a nonce, the time and the secret.
---local nonce, created = random.string(16), time.iso()
---local digest = crypto.sha1_raw(nonce .. created .. "secret")
---print(#digest, #crypto.base64.encode(digest)) --> 20, 28
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.sha1_raw(s) end

---The SHA-256 digest, 64 digits.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.sha256("Ada"):sub(1, 16) --> "99a563ab2f6e21e9"
----- The digest of a file is its name, as in registries of containers.
---local content = random.string(500)
---local params = { digest = crypto.sha256(content) }
---http.put("/blobs/sha256:{digest}", { params = params, body = content })
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.sha256(s) end

---The SHA-256 digest, 32 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
----- RFC 9530
---local body = '{"item":7}'
---local digest = crypto.base64.encode(crypto.sha256_raw(body))
---http.post("/orders", {
---  body = body,
---  headers = { ["Content-Digest"] = "sha-256=:" .. digest .. ":" },
---})
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.sha256_raw(s) end

---The SHA-512 digest, 128 digits.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---local digest = crypto.sha512 "Ada"
---print(#digest, digest:sub(1, 16)) --> 128, "1985df959f44963c"
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.sha512(s) end

---The SHA-512 digest, 64 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---local digest = crypto.sha512_raw "Ada"
---print(#digest, digest == crypto.hex.decode(crypto.sha512 "Ada")) --> 64, true
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.sha512_raw(s) end

---HMAC with SHA-1, 40 digits.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.hmac_sha1("key", "Ada") --> "0d266f8aae1933ab962ce7d29e5fcd2407fe58c7"
---```
---@param key string The secret, of any length.
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.hmac_sha1(key, s) end

---HMAC with SHA-1, 20 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
----- OAuth 1.0: the signature of a request, over its base string.
---local base = "GET&http%3A%2F%2Fapi.example.com%2Fphotos&size%3Doriginal"
---local digest = crypto.hmac_sha1_raw("consumer&token", base)
---print(#digest, #crypto.base64.encode(digest)) --> 20, 28
---```
---@param key string The secret, of any length.
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.hmac_sha1_raw(key, s) end

---HMAC with SHA-256, 64 digits.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---local body = json.encode { event = "paid" }
---http.post("/hooks", {
---  body = body,
---  headers = {
---    ["Content-Type"] = "application/json",
---    ["X-Signature"] = crypto.hmac_sha256("secret", body),
---  },
---})
---```
---@param key string The secret, of any length.
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.hmac_sha256(key, s) end

---HMAC with SHA-256, 32 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
----- A key for each day, derived from the secret, signs the request.
---local key = crypto.hmac_sha256_raw("secret", "2026-11-23")
---local signature = crypto.hmac_sha256(key, "GET /orders")
---print(#key, #signature) --> 32, 64
---```
---@param key string The secret, of any length.
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.hmac_sha256_raw(key, s) end

---HMAC with SHA-512, 128 digits.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---local body = "pair=BTCEUR&volume=1"
---http.post("/trades", {
---  body = body,
---  headers = {
---    ["X-Signature"] = crypto.hmac_sha512(vars.api_secret or "secret", body),
---  },
---})
---```
---@param key string The secret, of any length.
---@param s string Any bytes, at most 16 MiB.
---@return string # Hexadecimal digits, in lower case.
function crypto.hmac_sha512(key, s) end

---HMAC with SHA-512, 64 bytes.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---local digest = crypto.hmac_sha512_raw("key", "Ada")
---print(#digest, crypto.hex.encode(digest):sub(1, 8)) --> 64, "c2b9c047"
---```
---@param key string The secret, of any length.
---@param s string Any bytes, at most 16 MiB.
---@return string # The bytes themselves, for other encodings.
function crypto.hmac_sha512_raw(key, s) end

---Base64 with padding; `decode` reads it without, too.
---@class throng.crypto.base64
crypto.base64 = {}

---Bytes as text.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.base64.encode "Ada" --> "QWRh"
---crypto.base64.encode "Ad" --> "QWQ="
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The text, of ASCII characters.
function crypto.base64.encode(s) end

---The bytes that a text encodes.
---
---Fails: nil and a message for invalid text.
---
---```lua
---crypto.base64.decode "QWQ=" --> "Ad"
---crypto.base64.decode "QWQ" --> "Ad"
---local nothing, why = crypto.base64.decode "?"
---print(nothing) --> nil
---log.warn(why)
---```
---@param text string What was encoded, at most 16 MiB.
---@return string? # The bytes.
---@return string? # Why there are none.
function crypto.base64.decode(text) end

---Base64 for URLs, without padding, as in JWTs.
---@class throng.crypto.base64url
crypto.base64url = {}

---Bytes as text.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.base64url.encode "a?b>~" --> "YT9iPn4"
----- A code challenge of OAuth 2.0 (PKCE).
---local verifier = random.string(64)
---local challenge = crypto.base64url.encode(crypto.sha256_raw(verifier))
---print(#challenge) --> 43
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The text, of ASCII characters.
function crypto.base64url.encode(s) end

---The bytes that a text encodes.
---
---Fails: nil and a message for invalid text.
---
---```lua
---local cursor = crypto.base64url.encode '{"after":7}'
---print(json.decode(crypto.base64url.decode(cursor)).after) --> 7
---```
---@param text string What was encoded, at most 16 MiB.
---@return string? # The bytes.
---@return string? # Why there are none.
function crypto.base64url.decode(text) end

---Two hexadecimal digits per byte; `encode` writes lower case.
---@class throng.crypto.hex
crypto.hex = {}

---Bytes as text.
---
---Fails: An error for more than 16 MiB.
---
---```lua
---crypto.hex.encode "Ada" --> "416461"
---```
---@param s string Any bytes, at most 16 MiB.
---@return string # The text, of ASCII characters.
function crypto.hex.encode(s) end

---The bytes that a text encodes.
---
---Fails: nil and a message for invalid text.
---
---```lua
---crypto.hex.decode "416461" --> "Ada"
---local nothing, why = crypto.hex.decode "41646"
---print(nothing, why) --> nil, "not hex: 5 digits, an even number was expected"
---```
---@param text string What was encoded, at most 16 MiB.
---@return string? # The bytes.
---@return string? # Why there are none.
function crypto.hex.decode(text) end

---JSON Web Tokens.
---@class throng.crypto.jwt
crypto.jwt = {}

---A signed token (RFC 7519).
---
---Fails: An error when the key is not one of the algorithm, or claims is a list.
---
---```lua
---local now = math.floor(time.now())
---local claims = { sub = "user-" .. user.id, iat = now, exp = now + 3600 }
---auth.bearer(crypto.jwt.encode(claims, vars.jwt_secret or "secret"))
---http.get "/me"
---```
---@param claims table<string, any> As they are to be: none is added.
---@param key string A secret for HS, a private key as PEM for RS (PKCS #1 or #8; 2048 to 4096 bits) and ES (PKCS #8, with its public half).
---@param opts? JwtOptions Algorithm and id of the key.
---@return string # Header, claims and signature, with dots between.
function crypto.jwt.encode(claims, key, opts) end

---What a token says; its signature and its times are not verified.
---
---Fails: nil and a message for what is not a token.
---
---```lua
---local token = crypto.jwt.encode({ sub = "7", roles = { "admin" } }, "secret")
---local claims, header = crypto.jwt.decode(token)
---print(claims.sub, #claims.roles, header.alg) --> "7", 1, "HS256"
---local nothing, why = crypto.jwt.decode "abc"
---print(nothing) --> nil
---log.warn(why)
---```
---@param token string A signed token.
---@return any # The claims.
---@return any # The header; the message where there are no claims.
function crypto.jwt.decode(token) end

---Writes to the log, with the user's type and number.
---@class throng.log
log = {}

---A line at level debug, which --debug shows.
---
---Fails: An error when the fields cannot be JSON.
---
---```lua
----- Shown with --debug only.
---local res = http.get "/users"
---log.debug("users", { status = res.status, bytes = #(res.body or "") })
---```
---@param text any What to write; always one line.
---@param fields? table Written behind it as JSON.
function log.debug(text, fields) end

---A line at level info.
---
---Fails: An error when the fields cannot be JSON.
---
---```lua
---log.info("logged in", { user = user.id })
---```
---@param text any What to write; always one line.
---@param fields? table Written behind it as JSON.
function log.info(text, fields) end

---A line at level warn.
---
---Fails: An error when the fields cannot be JSON.
---
---```lua
---local page, why = http.get("/users"):json()
---if not page then log.warn("no list of users", { why = why }) end
---```
---@param text any What to write; always one line.
---@param fields? table Written behind it as JSON.
function log.warn(text, fields) end

---A line at level error, which --quiet shows too; it ends nothing.
---
---Fails: An error when the fields cannot be JSON.
---
---```lua
---local res = http.get "/balance"
---if res.ok and res:json().amount then
---  log.error("a balance without a currency", res:json())
---end
---```
---@param text any What to write; always one line.
---@param fields? table Written behind it as JSON.
function log.error(text, fields) end

---Rows of data files, read while the script loads.
---@class throng.data
data = {}

---The rows of a CSV file.
---
---Fails: An error in a step, and when it cannot be read or a row has another number of fields than the first line.
---
---```lua
---local people = data.csv "people.csv" -- email,password
---
---return {
---  step = function()
---    local row = people:next()
---    print(row.email) --> "ada@example.com"
---    http.post("/login", { json = row })
---  end,
---}
---```
---@param path string Relative to the script folder.
---@param opts? CsvOptions The format of the file.
---@return Feed # Tables of strings, by the columns that the first line names.
function data.csv(path, opts) end

---The elements of an array in a JSON file.
---
---Fails: An error in a step, and when it cannot be read or is not an array.
---
---```lua
---local products = data.json "products.json" -- [{ "id": 7 }, { "id": 8 }]
---
---return {
---  step = function()
---    local product = products:pick()
---    http.get("/products/{id}", { params = { id = product.id } })
---  end,
---}
---```
---@param path string Relative to the script folder.
---@return Feed # The elements, as `json.decode` gives them.
function data.json(path) end

---The JSON values on the lines of a file.
---
---Fails: An error in a step, and when it cannot be read or a line is not JSON.
---
---```lua
---local searches = data.jsonl "searches.jsonl" -- each line: {"q": "emma"}
---
---return {
---  step = function() http.get("/search", { query = searches:next() }) end,
---}
---```
---@param path string Relative to the script folder.
---@return Feed # A value of each line; blank lines are skipped.
function data.jsonl(path) end

---The text of a file.
---
---Fails: An error in a step, and when it cannot be read or is not UTF-8.
---
---```lua
---local query <const> = data.text "user.graphql"
---
---return {
---  step = function()
---    local request = { query = query, variables = { id = random.int(1, 9) } }
---    http.post("/graphql", { json = request })
---  end,
---}
---```
---@param path string Relative to the script folder.
---@return string # All of it, in UTF-8.
function data.text(path) end

---Users in tests.
---@class throng.throng
throng = {}

---A user of a type, with a VM of its own, that begins no session by itself.
---
---Fails: An error when the type is unknown or its script does not load.
---
---```lua
---mock { ["GET /products/{id}"] = { json = { id = 7 } } }
---local user = throng.user("visitor", { seed = 3 })
---user:step "look"
---expect(user.requests[1].status).to_be(200)
---```
---@param type string A type of user: the name of its file without `.lua`.
---@param options? TestUserOptions Seed, variables and so on.
---@return TestUser # The user: it makes steps, and shows what came of them.
function throng.user(type, options) end

---What answers the requests of a test, or of a run with `--mock`.
---@class throng.mock
---@overload fun(routes: table<string, integer|string|MockAnswer|MockLatency|fun(req: MockRequest): integer|MockAnswer>|MockRoute[])
mock = {}

---Answers as `throng service` does, until the test ends.
---
---```lua
---mock.demo()
---local user = throng.user "visitor"
---user:step "health"
---expect(user.requests[1].status).to_be(200)
---```
function mock.demo() end

---The virtual time of tests.
---@class throng.clock
clock = {}

---The virtual time since the file was loaded.
---
---```lua
---mock { ["*"] = 200 }
---local begun = clock.now()
---throng.user("visitor"):run()
---expect(clock.now() - begun).to_be_at_least(60)
---```
---@return number # Pauses of users are part of it. In seconds.
function clock.now() end

---Lets virtual time pass.
---
---```lua
---local begun = clock.now()
---clock.advance "2h"
---expect(clock.now() - begun).to_be_close_to(7200)
---```
---@param time number|string A number, or a text such as `"2h"`. In seconds.
function clock.advance(time) end

---Runs functions at the same time and waits for all of them.
---
---Fails: An error of one function ends the others and is raised.
---
---```lua
---local users, roles = parallel {
---  function() return http.get("/users") end,
---  function() return http.get("/roles") end,
---}
---metrics.check("both lists arrived", users.ok and roles.ok)
---```
---@param functions (fun(): any)[] A list, of at most 100 functions.
---@return any ... # The first result of each, in their order.
function parallel(functions) end

---Pauses inside a step, scaled by --think-factor.
---
---Fails: An error when a time is negative or not finite.
---
---```lua
---http.get("/article")
---think(1, 3)
---http.get("/article/comments")
---```
---@param seconds number How long, at least 0. In seconds.
---@param longest? number Where it is given, a time between the two is drawn. In seconds.
function think(seconds, longest) end

---A group of tests; groups nest.
---
---Fails: An error inside a test: groups belong beside tests.
---
---```lua
---describe("visitor", function()
---  it("looks at a product", function()
---    mock { ["GET /products/{id}"] = { json = { id = 7 } } }
---    local user = throng.user "visitor"
---    user:step "look"
---    expect(user.requests[1].path).to_be "/products/7"
---  end)
---end)
---```
---@param name string What is tested; it stands before the names of its tests.
---@param body fun() Registers its tests and groups.
function describe(name, body) end

---A test; without a body it is pending.
---
---Fails: An error inside a test.
---
---```lua
---it("looks at a product", function()
---  mock { ["GET /products/{id}"] = 200 }
---  local user = throng.user "visitor"
---  user:step "look"
---  expect(user.requests).to_have_length(1)
---end)
---
---it "buys what is in stock"
---```
---@param name string What it shows: `"buys what is in stock"`.
---@param body? fun() The test; it fails where an error leaves it.
function it(name, body) end

---Runs before each test of its group, after those of the groups around it.
---
---Fails: An error inside a test.
---
---```lua
---local user
---
---before_each(function()
---  mock { ["*"] = 200 }
---  user = throng.user "visitor"
---end)
---
---it("looks at a product", function()
---  user:step "look"
---  expect(user.requests[1].status).to_be(200)
---end)
---```
---@param body fun() What each test begins with.
function before_each(body) end

---Runs after each test of its group, also after one that failed.
---
---Fails: An error inside a test.
---
---```lua
---local user
---
---after_each(function() user:stop() end)
---
---it("looks at a product", function()
---  mock { ["*"] = 200 }
---  user = throng.user "visitor"
---  user:step "look"
---  expect(user.ended).to_be_nil()
---end)
---```
---@param body fun() What each test ends with.
function after_each(body) end

---What is expected of a value.
---
---```lua
---expect(6 * 7).to_be(42)
---expect({ 1, 2 }).never.to_contain(3)
---```
---@param value any What was found.
---@return Expectation # Its methods compare the value.
function expect(value) end

---The values of `-e NAME=VALUE`, always strings; nil where one was not given.
---@type table<string, string?>
vars = {}

---What `setup` of `_crowd.lua` returned; read-only.
---@type any
crowd = nil

---@meta throng
-- The Lua API of throng for editors, made by `throng api --meta`. It is never run.

---The user whose step it is.
---@class User
---@field id integer Its number in the run, from 0.
---@field type string Its type.
---@field session integer Number of this session of the user, from 1.
---@field requests_left integer Requests left in this session, never below 0; a script may set it.
---@field state table Plain data of the script, new in every session.
---@field memory table Plain data of the script, kept over the sessions of one person.
---@field person integer Number of the person that it is; `id` until another one takes its place.
---@field visits integer Number of this session of the person, from 1.
local User = {}

---How a request ended.
---@class Response
---@field ok boolean The status is 200 to 399.
---@field status? integer The status; nil without a response.
---@field headers table<string, any> Headers by lower-case name; `set-cookie` is always a list.
---@field body? string The body, decompressed.
---@field url? string The full URL of the response, after redirects.
---@field redirects Hop[] The redirects before it.
---@field duration? number From sending to the last byte. In seconds.
---@field timings? Timings The time of each phase. In seconds.
---@field given_up? boolean True when the user gave up.
---@field error? string Why there is no response: one of the kinds.
---@field message? string The same in words.
---@field trace_id? string The trace of the request, with --trace-context.
local Response = {}

---The body as Lua values.
---nil and a message when the body is not valid JSON.
---@return any
---@return string?
function Response:json() end

---Counts the response as `unexpected`, for this reason, until the user waits again.
---An error once the user waited again or its step ended: then it is counted.
---@param why string A fixed text: a run tells 100 reasons apart.
function Response:fail(why) end

---The page in the body.
---nil and a message when it cannot be read.
---@return Element?
---@return string?
function Response:html() end

---The XML document in the body.
---nil and a message when it cannot be read.
---@return Element?
---@return string?
function Response:xml() end

---What `string.match` finds in the body; nil without a match or a body.
---@param pattern string
---@param init? integer
---@return any ...
function Response:match(pattern, init) end

---Sends a form of the page as a browser does, and waits for the response. The form is an element or a CSS selector; nil is the first form.
---@param form? Element|string
---@param fields? table<string, any>
---@param opts? RequestOptions
---@return Response
function Response:submit(form, fields, opts) end

---An element of a page; the page itself is one, too.
---@class Element
---@field name string Its name: `a`, `form`; `#document` of the page.
local Element = {}

---The elements below it that a CSS selector matches, in the order of the page.
---@param css string
---@return Element[]
function Element:select(css) end

---The first element below it that a CSS selector matches; nil without one.
---@param css string
---@return Element?
function Element:first(css) end

---Its text and that of all elements in it, as it reads.
---@return string
function Element:text() end

---An attribute, or nil.
---@param name string
---@return string?
function Element:attr(name) end

---The URLs on the page's own origin to which links in it lead, each once; with a selector, those of the elements that it matches.
---@param css? string
---@return string[]
function Element:links(css) end

---The forms in it.
---@return Element[]
function Element:forms() end

---What the fields of a form hold, by name: those that are sent, hidden ones among them.
---@return table<string, string>
function Element:values() end

---A redirect that was followed.
---@class Hop
---@field status integer
---@field url string
---@field headers table<string, any>
local Hop = {}

---Seconds of each phase of a request.
---@class Timings
---@field blocked number In seconds.
---@field dns number In seconds.
---@field connect number In seconds.
---@field tls number In seconds.
---@field send number In seconds.
---@field wait number In seconds.
---@field receive number In seconds.
local Timings = {}

---A cookie of the user.
---@class Cookie
---@field name string
---@field value string
---@field domain string
---@field path string
---@field host_only boolean
---@field secure boolean
---@field http_only boolean
---@field expires? number When it expires, by the clock of `time.now`; nil: with the session. In seconds.
local Cookie = {}

---What became of the assets of a page.
---@class PageAssets
---@field loaded integer How many came.
---@field revalidated integer How many the cache had and the target confirmed.
---@field cached integer How many the cache had, without a request.
---@field failed integer How many did not come.
---@field foreign integer How many are on other origins, and were not loaded.
---@field bytes integer Bytes of those that came.
---@field duration number Seconds from sending for the page to the last asset.
local PageAssets = {}

---A metric that only grows.
---@class Counter
local Counter = {}

---Adds 1, or n.
---@param n? number Default: 1.
---@param labels? table<string, string> A value of each label that was declared.
function Counter:add(n, labels) end

---A metric that is set.
---@class Gauge
local Gauge = {}

---Sets its value.
---@param value number
---@param labels? table<string, string> A value of each label that was declared.
function Gauge:set(value, labels) end

---A metric of values and how often they came.
---@class Histogram
local Histogram = {}

---Records a value.
---@param value number
---@param labels? table<string, string> A value of each label that was declared.
function Histogram:observe(value, labels) end

---The rows of a file.
---@class Feed
local Feed = {}

---The number of rows.
---@return integer
function Feed:len() end

---Row i, from 1.
---nil past the end.
---@param i integer
---@return any
function Feed:get(i) end

---A random row.
---@return any
function Feed:pick() end

---The next row, in turn.
---@return any
function Feed:next() end

---A row that no other user of the run has until this session ends.
---nil when none is free.
---@return any
function Feed:take() end

---A made-up address.
---@class Address
---@field street string Street and number.
---@field city string
---@field region string State, province or region.
---@field postcode string
---@field country string Code of the country (ISO 3166-1).
---@field line string All but the country in one line.
local Address = {}

---A payment card for tests.
---@class Card
---@field number string Digits, valid by Luhn's formula.
---@field brand string
---@field code string Verification code.
---@field month integer Month in which it expires.
---@field year integer Year in which it expires.
local Card = {}

---One type of user.
---@class Contract
---@field weight? number Its share of the users, relative to the other types; above 0. Default: 1.
---@field requests? integer|integer[] Minimum and maximum requests of a session, or one number. Default: { 10, 100 }.
---@field think? number|number[]|(fun(user: User): number) Time between steps: a number, a range, or a function. In seconds. Default: { 0.1, 2 }.
---@field pace? number Time from the start of a step to the start of the next, in place of `think`. In seconds.
---@field headers? table<string, any>|(fun(user: User): table<string, any>?) Headers of every request of a session to the target.
---@field away? number|number[] Time between two sessions of a user: a number or a range. In seconds.
---@field returns? number Share of the sessions of people who were there before, 0 to 1. Default: 1; with --arrivals 0.
---@field keep_cookies? boolean Whether people who come back have their cookies. Default: false.
---@field on_start? fun(user: User): boolean?, string? Called once at the start of a session; false ends it as failed.
---@field steps? (Step|(fun(user: User))[]) The steps, one of which is drawn each time.
---@field step? fun(user: User): boolean?, string? Called instead of `steps`, for full control.
---@field on_stop? fun(user: User) Called at the end of a session, also when the run stops or a step failed.
---@field migrate? fun(state: table, from: integer, memory: table): table, table? Converts state and memory of version `from` to this one.

---A step that is drawn.
---@class Step
---@field name? string Its name in the log and in reports. Default: that of its function.
---@field heavy? boolean|integer How early it is skipped while the target is overloaded: 1 to 3, true is 3.
---@field next? table<string, number> The shares of the steps after it, by name, and of `leave`.
---@field [1] number Its weight.
---@field [2] fun(user: User): boolean?, string?

---Setup and teardown of a run, in `_crowd.lua`.
---@class CrowdScript
---@field setup? fun(): any Called before the first user; its plain result is the read-only `crowd`.
---@field teardown? fun(crowd: any) Called after the last user, also when the run was stopped.

---How often users make which mistakes, in `lib/mistakes.lua`.
---@class Mistakes
---@field nominal number The --error-rate that these rates are meant for.
---@field kinds table<string, number> The rate of each kind, 0 to 1.

---The options of a request.
---@class RequestOptions
---@field params? table<string, any> Values for the braces of the path; a missing or an unused one is an error.
---@field query? table<string, any> Numbers, strings and true; a list repeats its name, nil is omitted.
---@field headers? table<string, any> A list sends a header several times, false omits it.
---@field json? any A body as application/json.
---@field form? table<string, any> A body as application/x-www-form-urlencoded.
---@field multipart? table<string, any>|Part[] The parts of multipart/form-data, by name or as a list.
---@field body? string A body, sent as it is.
---@field expect? integer|string|(integer|string)[] The statuses that this call expects: 404, "4xx", or a list of them.
---@field give_up_after? number Time after which the user gives up on purpose. In seconds.
---@field creates? Creates What it creates on the target, for the clean-up.
---@field timeout? number Time for the whole request. In seconds. Default: --request-timeout.
---@field retry? integer|Retry How often it is retried after a failure, at most 100. Default: 0.
---@field name? string Another name to count the request under.
---@field tags? table<string, string> It is also counted in `tagged_requests`, by tag and value.
---@field redirects? integer|boolean How many redirects are followed; 0 or false: none. Default: 10.

---What a request creates on the target, for the clean-up.
---@class Creates
---@field kind string What it is, a word of your own.
---@field id? string JSON pointer to the id in the response.
---@field delete Deletion How to delete it.
---@field find? Find How to look it up where its creation was never confirmed.
---@field needs? string[] Kinds that it depends on.
---@field as? table<string, any> The account that may delete it.

---How a created item is deleted.
---@class Deletion
---@field method? string The method. Default: "DELETE".
---@field path string The path, with the id and the params of the request.
---@field json? any A body to send.

---How a created item is looked up.
---@class Find
---@field path string The path to request with GET.
---@field params? table<string, any> Values for its braces.
---@field list? string JSON pointer to a list in the response.
---@field where? table<string, any> The fields that identify the item.
---@field id? string JSON pointer to the id in the item. Default: "/id".

---How often a call is retried, and after what.
---@class Retry
---@field times? integer How often, 0 to 100; also as the first value of the table. Default: 1.
---@field any_method? boolean Also POST and PATCH, whose work may then be done twice. Default: false.
---@field on? integer|integer[] The statuses to retry. Default: { 429, 502, 503, 504 }.
---@field pause? number Least time before the first retry. In seconds. Default: 0.2.
---@field [1]? integer How often, as `times`.

---A part of multipart/form-data.
---@class Part
---@field name string The name of its field.
---@field content string The content of the part.
---@field filename? string The name of its file.
---@field type? string Its Content-Type.
---@field headers? table<string, string> Further headers of the part.

---The attributes of a cookie.
---@class CookieOptions
---@field url? string The path or URL whose response would have set it.
---@field domain? string Its domain, for all hosts below it. Default: this host only.
---@field path? string The beginning of the paths to which it is sent. Default: "/".
---@field max_age? number Time until it expires; 0 removes it. In seconds.
---@field secure? boolean Whether it is sent over TLS only. Default: false.
---@field http_only? boolean Whether it is hidden from scripts of a page. Default: false.

---How the target logs users in.
---@class LoginScheme
---@field login LoginCall How a user logs in.
---@field refresh? RefreshCall How a token is refreshed.
---@field logout? LogoutCall How a token is revoked.

---How a user logs in.
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
---@class RefreshCall
---@field path string Appended to the base URL, or a full URL.
---@field field? string The name of the refresh token.
---@field token? string JSON pointer to the access token.
---@field refresh? string JSON pointer to the refresh token.
---@field expires_in? string JSON pointer to the seconds until it expires.
---@field json? table<string, any> Further fields; all fields are sent as JSON.
---@field form? table<string, any> Further fields; all fields are sent as a form.
---@field client? string[] Client id and secret, sent as basic credentials.
---@field headers? table<string, string> Further headers.

---How a token is revoked.
---@class LogoutCall
---@field path string Appended to the base URL, or a full URL.
---@field field? string The field in which the token is sent.
---@field json? table<string, any> Further fields; all fields are sent as JSON.
---@field form? table<string, any> Further fields; all fields are sent as a form.
---@field client? string[] Client id and secret, sent as basic credentials.
---@field headers? table<string, string> Further headers.

---The keys of an AWS account.
---@class AwsCredentials
---@field access_key string The id of the access key.
---@field secret_key string The secret access key.
---@field region string The region, such as `eu-west-1`.
---@field service string The service, such as `execute-api` or `s3`.
---@field session_token? string The token of temporary keys.

---An OAuth 2.0 server, and who asks it.
---@class OAuth2Server
---@field token_url string Appended to the base URL, or a full URL.
---@field client_id string The id of the client.
---@field client_secret? string Its secret; none of a public client.
---@field grant? string `client_credentials`, the default, or `password`.
---@field scope? string The scopes, with spaces between.
---@field client_auth? string Where the client goes: `basic`, the default with a secret, or `body`.
---@field form? table<string, any> Further fields, such as `audience`.

---What is known of a metric beside its name.
---@class MetricOptions
---@field help? string What it counts, in one sentence.
---@field labels? string[] The names of its labels.

---The format of JSON.
---@class JsonOptions
---@field pretty? boolean Over several lines, indented. Default: false.

---The format of a CSV file.
---@class CsvOptions
---@field separator? string The character between fields. Default: ",".

---How a token is signed.
---@class JwtOptions
---@field alg? string The algorithm: HS256 by default, RS256, ES256 and longer.
---@field kid? string The id of the key, in the header.

---Requests of a user.
---@class throng.http
http = {}

---Sends a GET and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.get(path, opts) end

---Sends a POST and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.post(path, opts) end

---Sends a PUT and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.put(path, opts) end

---Sends a PATCH and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.patch(path, opts) end

---Sends a DELETE and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.delete(path, opts) end

---Sends a HEAD and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.head(path, opts) end

---Sends an OPTIONS and waits for the response.
---A failure of the network is a response with `error`, not a raised error.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.options(path, opts) end

---Sends a request of any method and waits for the response.
---@param method string The method, in any case.
---@param path string Appended to the path of --base-url, or a full URL; `{name}` is filled from `params`.
---@param opts? RequestOptions
---@return Response
function http.request(method, path, opts) end

---Loads a page with its images, scripts and style sheets, six at a time, as a browser with a cache does. Assets on other origins are left alone, but for the hosts named.
---@param path string
---@param opts? RequestOptions
---@param hosts? string[]
---@return Response
---@return PageAssets
function http.page(path, opts, hosts) end

---The user's cookies.
---@class throng.http.cookies
http.cookies = {}

---The value that is sent to this path or URL; without one the first of that name.
---@param name string
---@param url? string
---@return string?
function http.cookies.get(name, url) end

---The cookies sent to this path or URL, or all, in the order in which they are sent.
---@param url? string
---@return Cookie[]
function http.cookies.all(url) end

---Sets a cookie as if a response had set it.
---What a browser would reject is an error.
---@param name string
---@param value string
---@param opts? CookieOptions
function http.cookies.set(name, value, opts) end

---Removes the cookies of a name, or all.
---@param name? string
function http.cookies.clear(name) end

---Tokens and credentials of the user.
---@class throng.auth
auth = {}

---Declares how the target logs users in.
---@param scheme LoginScheme
function auth.setup(scheme) end

---Sends the account's fields and stores the tokens on success.
---An error when nothing declared how users log in.
---@param account table<string, any> Its fields are those that `auth.setup` names.
---@param opts? RequestOptions With them fields may be missing from the account.
---@return Response
function auth.login(account, opts) end

---Revokes the token on the target and forgets it, whatever the response.
---nil when not logged in.
---@param opts? RequestOptions
---@return Response?
function auth.logout(opts) end

---Gets a new token; returns whether it succeeded.
---@return boolean
function auth.refresh() end

---The access token, or nil.
---@return string?
function auth.token() end

---The refresh token, or nil.
---@return string?
function auth.refresh_token() end

---Forgets all credentials and sends nothing.
function auth.clear() end

---Every request has `Authorization: Bearer <token>`.
---@param token string
function auth.bearer(token) end

---Every request has basic credentials.
---@param name string
---@param password string
function auth.basic(name, password) end

---Requests are signed by HTTP digest authentication (MD5, SHA-256) when the target asks for it.
---@param name string
---@param password string
function auth.digest(name, password) end

---Every request has an AWS signature, version 4.
---@param credentials AwsCredentials
function auth.aws(credentials) end

---Declares that auth.login gets a token of an OAuth 2.0 server, which is renewed by itself.
---@param server OAuth2Server
function auth.oauth2(server) end

---Every request to the target has this header too; false removes it.
---@param name string
---@param value string|false
function auth.header(name, value) end

---Values that a user makes up, all from the run's seed.
---@class throng.random
random = {}

---An integer from lo to hi, inclusive.
---@param lo integer
---@param hi integer
---@return integer
function random.int(lo, hi) end

---A number from 0 to 1, or from lo to hi.
---@param lo? number Default: 0.
---@param hi? number Default: 1.
---@return number
function random.float(lo, hi) end

---True with probability p (0 to 1).
---@param p number
---@return boolean
function random.chance(p) end

---Whether the user errs now, at the rate of this kind scaled by --error-rate.
---An error for a kind that lib/mistakes.lua does not have.
---@param kind string One of those in lib/mistakes.lua.
---@return boolean
function random.mistake(kind) end

---An element of the list; nil when it is empty.
---@param list any[]
---@return any
function random.pick(list) end

---A value of { { 70, value }, { 30, value } }, or a name of { read = 70, write = 30 }.
---@param choices table Shares above 0, of any sum.
---@return any
function random.weighted(choices) end

---A new list in random order.
---@param list any[]
---@return any[]
function random.shuffle(list) end

---A UUID of version 4; the same seed repeats it.
---@return string
function random.uuid() end

---A string that no other user and no other run gets, such as `k7f2a9c1-41-3`.
---@return string
function random.unique() end

---n letters and digits, or characters of the alphabet.
---@param n integer
---@param alphabet? string Default: letters and digits.
---@return string
function random.string(n, alphabet) end

---A given and a family name.
---@param locale? string
---@return string
function random.name(locale) end

---A unique address at example.com.
---@return string
function random.email() end

---A unique user name.
---@return string
function random.username() end

---A phone number from those reserved for fiction.
---@return string
function random.phone() end

---So many words with a full stop.
---@param words? integer Default: 6 to 12.
---@param locale? string
---@return string
function random.sentence(words, locale) end

---A day such as `1987-04-30`.
---@param from? string The first day. Default: an adult's date of birth.
---@param to? string The last day.
---@return string
function random.date(from, to) end

---A made-up address in a real town.
---@param locale? string
---@return Address
function random.address(locale) end

---A town.
---@param locale? string
---@return string
function random.city(locale) end

---A country: its name, and its code (ISO 3166-1).
---@param locale? string
---@return string
---@return string
function random.country(locale) end

---A name of a company, such as `Souza e Filhos`.
---@param locale? string
---@return string
function random.company(locale) end

---A name of a product, such as `Mesa de madeira`.
---@param locale? string
---@return string
function random.product(locale) end

---A price, and the code of its currency (ISO 4217).
---@param low? number Default: 1.
---@param high? number Default: 500.
---@param locale? string
---@return number
---@return string
function random.price(low, high, locale) end

---A payment card from the numbers published for tests.
---@return Card
function random.card() end

---A common word.
---@param locale? string
---@return string
function random.word(locale) end

---n common words, with blanks between.
---@param n integer
---@param locale? string
---@return string
function random.words(n, locale) end

---A uniform number from a to b.
---@param a number
---@param b number
---@return number
function random.uniform(a, b) end

---A Gaussian number.
---@param mean number
---@param sd number
---@return number
function random.normal(mean, sd) end

---A log-normal number, the typical shape of latencies and sizes.
---@param median number
---@param sigma number
---@return number
function random.lognormal(median, sigma) end

---An exponential number, such as the time between independent arrivals.
---@param mean number
---@return number
function random.exponential(mean) end

---A rank from 1 to n, rank k in proportion to k^-s: a few are popular.
---@param n integer
---@param s number
---@return integer
function random.zipf(n, s) end

---Numbers of a script's own.
---@class throng.metrics
metrics = {}

---Declares a counter.
---An error in a step: metrics are declared at the top of a file.
---@param name string
---@param opts? MetricOptions
---@return Counter
function metrics.counter(name, opts) end

---Declares a gauge.
---An error in a step: metrics are declared at the top of a file.
---@param name string
---@param opts? MetricOptions
---@return Gauge
function metrics.gauge(name, opts) end

---Declares a histogram.
---An error in a step: metrics are declared at the top of a file.
---@param name string
---@param opts? MetricOptions
---@return Histogram
function metrics.histogram(name, opts) end

---Counts whether a condition held, and returns it; needs no declaration.
---@param name string
---@param ok any
---@return boolean
function metrics.check(name, ok) end

---Journeys of a user.
---@class throng.journey
---@overload fun(name: string, body: fun(): any): any
journey = {}

---Begins a journey, which may last over steps until it is finished.
---An error when one of this name is under way.
---@param name string
function journey.begin(name) end

---Finishes a journey that was begun.
---An error when none of this name is under way.
---@param name string
function journey.finish(name) end

---JSON text to Lua values and back.
---@class throng.json
---@field null lightuserdata JSON's null. It is true in a condition: compare with `==`.
json = {}

---A value as JSON text, keys in alphabetical order.
---An error for what JSON cannot hold: functions, cycles, NaN.
---@param value any
---@param opts? JsonOptions
---@return string
function json.encode(value, opts) end

---The values of a JSON text.
---nil and a message when it is not valid JSON.
---@param text string
---@return any
---@return string?
function json.decode(text) end

---Marks a table as a list, so that an empty one is encoded as `[]` and not `{}`.
---@param list? any[]
---@return any[]
function json.array(list) end

---The time, and times as text.
---@class throng.time
time = {}

---Seconds since 1970-01-01 UTC, with a fraction.
---@return number
function time.now() end

---Seconds of a monotonic clock, for differences.
---@return number
function time.monotonic() end

---A time in RFC 3339, such as `2026-11-23T10:15:00Z`.
---@param t? number In seconds. Default: now.
---@return string
function time.iso(t) end

---The seconds of an RFC 3339 time.
---nil and a message when it is not one.
---@param text string
---@return number?
---@return string?
function time.parse(text) end

---Digests, tokens and encodings.
---@class throng.crypto
crypto = {}

---The MD5 digest in hexadecimal.
---@param s string
---@return string
function crypto.md5(s) end

---The MD5 digest as 16 bytes.
---@param s string
---@return string
function crypto.md5_raw(s) end

---The SHA-1 digest in hexadecimal.
---@param s string
---@return string
function crypto.sha1(s) end

---The SHA-1 digest as 20 bytes.
---@param s string
---@return string
function crypto.sha1_raw(s) end

---The SHA-256 digest in hexadecimal.
---@param s string
---@return string
function crypto.sha256(s) end

---The SHA-256 digest as 32 bytes.
---@param s string
---@return string
function crypto.sha256_raw(s) end

---The SHA-512 digest in hexadecimal.
---@param s string
---@return string
function crypto.sha512(s) end

---The SHA-512 digest as 64 bytes.
---@param s string
---@return string
function crypto.sha512_raw(s) end

---HMAC with SHA-1 in hexadecimal.
---@param key string
---@param s string
---@return string
function crypto.hmac_sha1(key, s) end

---HMAC with SHA-1 as 20 bytes.
---@param key string
---@param s string
---@return string
function crypto.hmac_sha1_raw(key, s) end

---HMAC with SHA-256 in hexadecimal.
---@param key string
---@param s string
---@return string
function crypto.hmac_sha256(key, s) end

---HMAC with SHA-256 as 32 bytes.
---@param key string
---@param s string
---@return string
function crypto.hmac_sha256_raw(key, s) end

---HMAC with SHA-512 in hexadecimal.
---@param key string
---@param s string
---@return string
function crypto.hmac_sha512(key, s) end

---HMAC with SHA-512 as 64 bytes.
---@param key string
---@param s string
---@return string
function crypto.hmac_sha512_raw(key, s) end

---Base64 with padding.
---@class throng.crypto.base64
crypto.base64 = {}

---Bytes as text.
---@param s string
---@return string
function crypto.base64.encode(s) end

---The bytes of a text.
---nil and a message for invalid text.
---@param text string
---@return string?
---@return string?
function crypto.base64.decode(text) end

---Base64 for URLs without padding, as in JWTs.
---@class throng.crypto.base64url
crypto.base64url = {}

---Bytes as text.
---@param s string
---@return string
function crypto.base64url.encode(s) end

---The bytes of a text.
---nil and a message for invalid text.
---@param text string
---@return string?
---@return string?
function crypto.base64url.decode(text) end

---Two hexadecimal digits per byte.
---@class throng.crypto.hex
crypto.hex = {}

---Bytes as text.
---@param s string
---@return string
function crypto.hex.encode(s) end

---The bytes of a text.
---nil and a message for invalid text.
---@param text string
---@return string?
---@return string?
function crypto.hex.decode(text) end

---JSON Web Tokens.
---@class throng.crypto.jwt
crypto.jwt = {}

---A signed token; the key is a secret for HS256, a private key as PEM (PKCS #8) for RS256 and ES256.
---@param claims table<string, any>
---@param key string
---@param opts? JwtOptions
---@return string
function crypto.jwt.encode(claims, key, opts) end

---The claims and the header of a token, whose signature is not verified; nil and a message for what is not one.
---@param token string
---@return any
---@return any
function crypto.jwt.decode(token) end

---Writes to the log, with the user's type and number.
---@class throng.log
log = {}

---A line at level debug.
---@param text any
---@param fields? table
function log.debug(text, fields) end

---A line at level info.
---@param text any
---@param fields? table
function log.info(text, fields) end

---A line at level warn.
---@param text any
---@param fields? table
function log.warn(text, fields) end

---A line at level error.
---@param text any
---@param fields? table
function log.error(text, fields) end

---Rows of data files, read while the script loads.
---@class throng.data
data = {}

---A feed of tables of strings; the first line names the columns.
---An error when it cannot be read, or when a row has another number of fields than the header.
---@param path string Relative to the script folder.
---@param opts? CsvOptions
---@return Feed
function data.csv(path, opts) end

---A feed of the elements of an array.
---An error when it cannot be read, or is no array.
---@param path string Relative to the script folder.
---@return Feed
function data.json(path) end

---A feed of the JSON values on each line; blank lines are skipped.
---An error when it cannot be read, or a line is not JSON.
---@param path string Relative to the script folder.
---@return Feed
function data.jsonl(path) end

---The text of a file, in UTF-8.
---An error when it cannot be read, or is not UTF-8.
---@param path string Relative to the script folder.
---@return string
function data.text(path) end

---Runs up to 100 functions at the same time and returns the first result of each, in their order.
---An error of one function ends the others and is raised.
---@param functions (fun(): any)[]
---@return any ...
function parallel(functions) end

---Pauses inside a step, scaled by --think-factor.
---@param seconds number In seconds.
---@param longest? number Where it is given, a time between the two is drawn. In seconds.
function think(seconds, longest) end

---The values of `-e NAME=VALUE`, always strings; nil where one was not given.
---@type table<string, string?>
vars = {}

---What `setup` of `_crowd.lua` returned; read-only.
---@type any
crowd = nil

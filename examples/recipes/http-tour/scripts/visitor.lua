-- scripts/visitor.lua: a visitor who tries what HTTP has: queries, bodies, methods, redirects, and
-- statuses that are errors on purpose. httpbin answers with what it was sent.

local METHODS <const> = { "PUT", "PATCH", "DELETE" }

local function search()
  local term = random.words(2)
  local res = http.get("/get", { query = { q = term, tag = { "new", "blue" } } })
  metrics.check("the query came as sent", res.ok and res:json().args.q == term)
end

local function change_a_note()
  local note = { text = random.sentence(), at = time.iso() }
  -- The template is the name under which requests are counted, whatever the id is.
  local path = "/anything/notes/{id}"
  local res =
    http.request(random.pick(METHODS), path, { params = { id = random.int(1, 50) }, json = note })
  metrics.check("the body came as sent", res.ok and res:json().json.text == note.text)
end

local function send_a_form()
  local res = http.post("/post", { form = { name = random.name(), topic = "returns & refunds" } })
  metrics.check("the form came as sent", res.ok and res:json().form.topic == "returns & refunds")
end

local function follow_redirects()
  local res = http.get("/redirect/{n}", { params = { n = 3 } })
  metrics.check("three redirects lead to the page", #res.redirects == 3 and res.status == 200)
  -- Not followed, a redirect is an answer like any other.
  res = http.get("/redirect/{n}", { params = { n = 1 }, redirects = false, expect = 302 })
  metrics.check("a redirect says where to", res.headers.location)
end

-- An error that the user means to cause counts as expected, not as a failure.
local function mistype_an_address()
  http.get("/status/{code}", { params = { code = 404 }, expect = 404 })
end

return {
  requests = { 10, 20 },
  think = { 0.5, 3 },
  headers = { ["Accept-Language"] = "en-GB" },
  steps = {
    { 4, search },
    { 2, change_a_note },
    { 2, send_a_form },
    { 1, follow_redirects },
    { 1, mistype_an_address },
  },
}

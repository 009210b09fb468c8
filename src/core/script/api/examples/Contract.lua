-- scripts/reader.lua: logs in, reads articles, sometimes writes a comment.
auth.setup {
  login = { path = "/login", fields = { "email" }, token = "/access_token" },
}

local function read()
  http.get("/articles/{id}", { params = { id = random.zipf(500, 1) } })
end
local function comment()
  http.post("/comments", { json = { text = random.sentence() } })
end

return {
  weight = 2, -- Twice as many users as of a type with 1.
  requests = { 10, 30 }, -- of a session
  think = { 0.5, 3 }, -- seconds between steps
  on_start = function()
    if not auth.login({ email = random.email() }).ok then
      return false, "no login"
    end
  end,
  steps = { { 90, read }, { 10, comment } },
  on_stop = function() auth.clear() end,
}

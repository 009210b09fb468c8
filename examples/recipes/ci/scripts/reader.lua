-- scripts/reader.lua: somebody who looks at a list and at what is on it: the load of a test that
-- must pass before a release. What must hold is in throng.toml.

require "login"

local ACCOUNT <const> = {
  email = vars.email or "admin@example.com",
  password = vars.password or "Admin-1234-local",
}

local function list(user)
  local res = http.get("/api/v1/users", { query = { limit = 20 } })
  local items = res.ok and res:json().items or {}
  metrics.check("the list has items", #items > 0)
  local person = random.pick(items)
  user.state.person = person and person.id or user.state.person
end

local function open(user)
  if not user.state.person then return list(user) end
  -- Somebody may have deleted it since.
  http.get("/api/v1/users/{id}", { params = { id = user.state.person }, expect = { 200, 404 } })
end

return {
  requests = { 10, 20 },
  think = { 0.2, 1 },
  on_start = function()
    if not auth.login(ACCOUNT).ok then return false, "no login" end
  end,
  steps = { { 1, list }, { 2, open } },
  on_stop = function() auth.logout() end,
}

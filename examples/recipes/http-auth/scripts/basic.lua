-- scripts/basic.lua: a program with a user name and a password in each request. The first request
-- is without them: it has to be turned away.

local NAME <const> = vars.name or "ada"
local PASSWORD <const> = vars.password or "se cret&"
local account = { name = NAME, password = PASSWORD }

local function read_report()
  local res = http.get("/basic-auth/{name}/{password}", { params = account, name = "/basic" })
  metrics.check("basic: the target knows who asks", res.ok and res:json().user == NAME)
end

return {
  requests = { 5, 10 },
  think = { 0.5, 2 },

  on_start = function()
    http.get("/basic-auth/{name}/{password}", { params = account, name = "/basic", expect = 401 })
    auth.basic(NAME, PASSWORD)
  end,

  steps = { read_report },
}

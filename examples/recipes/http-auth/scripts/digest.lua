-- scripts/digest.lua: a program with HTTP digest authentication. The first request of a session
-- meets a 401 with a nonce, which counts as expected; the next ones are signed at once.

local NAME <const> = vars.name or "ada"
local PASSWORD <const> = vars.password or "secret"

local function read_report(user)
  local res = http.get("/digest-auth/auth/{name}/{password}/{algorithm}", {
    params = { name = NAME, password = PASSWORD, algorithm = user.state.algorithm },
    name = "/digest",
  })
  metrics.check("digest: the target knows who asks", res.ok and res:json().user == NAME)
end

return {
  requests = { 5, 10 },
  think = { 0.5, 2 },

  on_start = function(user)
    user.state.algorithm = random.pick { "MD5", "SHA-256" }
    auth.digest(NAME, PASSWORD)
  end,

  steps = { read_report },
}

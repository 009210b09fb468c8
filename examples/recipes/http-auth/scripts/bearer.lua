-- scripts/bearer.lua: a program with an API token: throng run -e token=@token.txt

local TOKEN <const> = vars.token or "a-token"

local function read_report()
  local res = http.get("/bearer")
  metrics.check("bearer: the token arrived", res.ok and res:json().token == TOKEN)
end

return {
  requests = { 5, 10 },
  think = { 0.5, 2 },
  on_start = function() auth.bearer(TOKEN) end,
  steps = { read_report },
}

-- scripts/service.lua: a service that calls an API with OAuth 2 client credentials. It gets its
-- token when it starts, and another one by itself before the old one ends.
-- Needs a client: throng run -e client_id=... -e client_secret=...
-- Where the identity provider is another host: -e token_url=https://id.example.org/token
-- --allow-host id.example.org

auth.oauth2 {
  token_url = vars.token_url or "/oauth/token",
  client_id = vars.client_id or "client",
  client_secret = vars.client_secret or "secret",
  scope = "orders:read orders:write",
}

local function list()
  local res = http.get("/api/orders", { query = { limit = 20 } })
  metrics.check("orders are a list", res.ok and #res:json() >= 0)
end

local function create()
  local order = { item = random.product(), quantity = random.int(1, 5) }
  http.post("/api/orders", { json = order, expect = 201 })
end

return {
  think = { 0.5, 2 },

  on_start = function()
    if not auth.login({}).ok then return false, "no token" end
  end,

  steps = { { 3, list }, { 1, create } },
}

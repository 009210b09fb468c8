-- scripts/provider.lua: a payment provider that calls webhooks: each body is signed with a secret
-- that both sides know, and a token says who calls: throng run -e webhook_secret=@secret.txt

local SECRET <const> = vars.webhook_secret or "whsec_local"

-- As Stripe does it: a signature over time and body, so that an old call cannot be repeated.
local function signature(body, at) return crypto.hmac_sha256(SECRET, at .. "." .. body) end

local function deliver(user)
  local event =
    { id = random.uuid(), type = random.pick { "paid", "refunded" }, amount = random.price(1, 900) }
  local body, at = json.encode(event), math.floor(time.now())
  local res = http.post("/anything/hooks", {
    body = body,
    headers = {
      ["Content-Type"] = "application/json",
      ["X-Signature"] = "t=" .. at .. ",v1=" .. signature(body, at),
    },
    retry = { 3, any_method = true },
  })
  local seen = res.ok and res:json()
  metrics.check(
    "the signature fits what arrived",
    seen and seen.headers["X-Signature"]:match "v1=(%x+)" == signature(seen.data, at)
  )
  user.state.delivered = (user.state.delivered or 0) + 1
end

return {
  requests = { 5, 20 },
  think = { 0.2, 1 },

  on_start = function(user)
    local now = math.floor(time.now())
    local claims = { iss = "payments", sub = "provider-" .. user.id, iat = now, exp = now + 3600 }
    auth.bearer(crypto.jwt.encode(claims, SECRET))
  end,

  steps = { deliver },
  on_stop = function(user) log.debug("delivered", { events = user.state.delivered }) end,
}

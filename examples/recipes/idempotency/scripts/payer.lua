-- scripts/payer.lua: a client that pays. A payment that failed is sent again, also though it is a
-- POST: its Idempotency-Key is the same, so that a good target takes the money once.
-- httpbin draws the status: here one of five answers is an error.

local FLAKY <const> = "/status/201:0.8,503:0.2"

local function pay()
  local res = http.post(FLAKY, {
    name = "/payments",
    json = { amount = random.price(5, 500), card = random.card().number },
    -- Drawn once for a payment: throng sends the same headers at each try.
    headers = { ["Idempotency-Key"] = random.uuid() },
    retry = { 8, any_method = true, on = 503, pause = 0.1 },
    expect = 201,
  })
  metrics.check("a payment succeeds in the end", res.status == 201)
end

return {
  requests = { 5, 15 },
  think = { 1, 4 },
  steps = { pay },
}

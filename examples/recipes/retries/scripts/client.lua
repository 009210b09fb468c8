-- scripts/client.lua: a client of an API that fails now and then. Reads are retried by throng,
-- after pauses that grow; a write is tried again by the user, who knows when that is safe.
-- httpbin draws the status: here one of five answers is an error.

local FLAKY <const> = "/status/200:0.8,503:0.15,429:0.05"
local TRIES <const> = 4

local lost = metrics.counter("orders_given_up", { help = "Orders that failed at each try." })

-- Up to six more tries, the first after 0.1 s or more. A Retry-After of the target is respected.
local function read()
  local res = http.get(FLAKY, { name = "/orders", retry = { 6, on = { 429, 503 }, pause = 0.1 } })
  metrics.check("a read succeeds in the end", res.ok)
end

-- Pauses of 1, 2, 4 s, each up to half as long again, so that users do not return all at once.
-- These errors are part of the plan: they are expected, not failures of the run.
local function order()
  for try = 1, TRIES do
    local res = http.post(FLAKY, { name = "/orders", expect = { 200, 429, 503 } })
    if res.ok then return end
    local pause = 2 ^ (try - 1)
    if try < TRIES then think(pause, pause * 1.5) end
  end
  lost:add()
end

return {
  requests = { 10, 20 },
  think = { 0.5, 2 },
  steps = { { 3, read }, { 1, order } },
}

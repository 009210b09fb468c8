-- scripts/impatient.lua: somebody who does not wait for ever. A page that takes too long is left
-- and opened again once; who is disappointed twice goes away. httpbin answers after {seconds}.

local disappointed = metrics.counter("disappointed", { help = "Users who left for good." })

-- The target takes half a second as a rule, and sometimes much longer.
local function answer_time()
  local seconds = math.min(9, random.lognormal(0.5, 0.8))
  return string.format("%.2f", seconds)
end

local function open(patience)
  local res = http.get("/delay/{seconds}", {
    params = { seconds = answer_time() },
    give_up_after = patience,
  })
  return not res.given_up
end

local function read(user)
  local patience = user.state.patience
  if open(patience) then return end
  think(0.2, 0.5)
  if open(patience / 2) then return end
  disappointed:add()
  return false, "too slow"
end

-- A limit of the client is not a decision of the user: what hits it is a failure (timeout).
local function export()
  http.get("/delay/{seconds}", { params = { seconds = 1 }, timeout = 8, name = "/export" })
end

return {
  requests = { 5, 15 },
  think = { 1, 4 },
  on_start = function(user) user.state.patience = random.uniform(1, 3) end,
  steps = { { 8, read }, { 1, export } },
}

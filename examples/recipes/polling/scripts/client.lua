-- scripts/client.lua: a client that hands in a job and asks until it is done, less often the
-- longer it takes. A journey measures how long a job takes from its client's point of view.

local PATIENCE <const> = 60

local done_after = metrics.histogram("polls", { help = "Questions until a job was done." })

--- Asks until the job is done; false when it took too long.
local function wait_for(id)
  local pause, polls, began = 0.5, 0, time.monotonic()
  while time.monotonic() - began < PATIENCE do
    think(pause)
    polls, pause = polls + 1, math.min(5, pause * 1.5)
    local res = http.get("/jobs/{id}", { params = { id = id }, retry = 1 })
    if res.ok and res:json().state == "done" then
      done_after:observe(polls)
      return true
    end
  end
  return false
end

local function hand_in()
  local key = random.unique()
  local res = http.post("/jobs", {
    json = { state = "waiting", key = key, size = random.int(1, 10) },
    expect = 201,
    creates = {
      kind = "job",
      id = "/id",
      delete = { path = "/jobs/{id}" },
      find = { path = "/jobs?key={key}", params = { key = key }, list = "", id = "/id" },
    },
  })
  if res.status ~= 201 then return end
  metrics.check("a job is done in time", wait_for(res:json().id))
end

return {
  requests = { 10, 30 },
  think = { 1, 5 },
  step = function() journey("job", hand_in) end,
}

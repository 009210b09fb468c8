-- scripts/worker.lua: what does the jobs. Takes the oldest one that waits, works, and says so. Your
-- own service does this itself: leave this type out (--user-types client).

local function work()
  local waiting = http.get("/jobs", { query = { state = "waiting", _sort = "id", _limit = 1 } })
  local job = waiting.ok and waiting:json()[1]
  if not job then return end
  http.patch("/jobs/{id}", { params = { id = job.id }, json = { state = "running" } })
  think(0.1 * job.size)
  http.patch("/jobs/{id}", { params = { id = job.id }, json = { state = "done" } })
end

return {
  requests = 200,
  think = { 0.1, 0.3 },
  steps = { work },
}

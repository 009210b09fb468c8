local queue = metrics.gauge("queue_length", { help = "Jobs that wait." })

return {
  step = function()
    local res = http.get("/jobs")
    queue:set(res.ok and tonumber(res.headers["x-total"]) or 0)
  end,
}

local depth = metrics.gauge("queue_depth", {
  help = "Jobs that wait.",
  labels = { "queue" },
})

return {
  step = function()
    local jobs = http.get("/jobs"):json()
    if jobs then depth:set(#jobs.items, { queue = "mail" }) end
  end,
}

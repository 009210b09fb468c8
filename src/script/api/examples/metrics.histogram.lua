local results = metrics.histogram("results", { help = "Results of a search." })

return {
  step = function()
    local res = http.get("/search", { query = { q = random.word() } })
    results:observe(#(res:json().items or {}))
  end,
}

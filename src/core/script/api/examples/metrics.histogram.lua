local results = metrics.histogram("results", {
  help = "Results of a search.",
})

return {
  step = function()
    local res = http.get("/search", { query = { q = random.word() } })
    if res.ok then results:observe(#res:json().items) end
  end,
}

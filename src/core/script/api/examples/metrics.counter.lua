local orders = metrics.counter("orders", {
  help = "Orders sent.",
  labels = { "size" },
})

return {
  step = function()
    local size = random.pick { "small", "large" }
    local res = http.post("/orders", { json = { size = size } })
    if res.ok then orders:add(1, { size = size }) end
  end,
}

local orders = metrics.counter("orders", {
  help = "Orders sent.",
  labels = { "size", "payment" },
})

return {
  step = function()
    local res = http.post("/orders", { json = { item = 7 } })
    if res.ok then orders:add(1, { size = "small", payment = "card" }) end
  end,
}

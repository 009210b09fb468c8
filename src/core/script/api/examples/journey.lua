journey("checkout", function()
  http.post("/cart", { json = { item = 7 } })
  think(1, 2)
  return http.post("/orders").ok
end)

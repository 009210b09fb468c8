local shops = data.csv("shops.csv", { separator = ";" }) -- city;name

return {
  step = function()
    http.get("/shops", { query = { city = shops:pick().city } })
  end,
}

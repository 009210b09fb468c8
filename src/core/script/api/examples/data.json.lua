local products = data.json "products.json" -- [{ "id": 7 }, { "id": 8 }]

return {
  step = function()
    local product = products:pick()
    http.get("/products/{id}", { params = { id = product.id } })
  end,
}

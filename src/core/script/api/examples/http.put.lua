local res = http.put("/users/{id}", {
  params = { id = 7 },
  json = { name = "Ada" },
})
metrics.check("the name is stored", res.ok and res:json().name == "Ada")

local res = http.post("/users", {
  json = { name = random.name(), email = random.email() },
  creates = {
    kind = "user",
    id = "/id",
    delete = { path = "/users/{id}" },
    find = { path = "/users", list = "/items", where = { name = "Ada" }, id = "/id" },
  },
})
metrics.check("a user has an id", res.ok and res:json().id)

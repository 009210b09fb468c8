local email = random.email()
local res = http.post("/users", {
  json = { name = random.name(), email = email },
  creates = {
    kind = "user",
    id = "/id",
    delete = { path = "/users/{id}" },
    find = { path = "/users", list = "/items", where = { email = email } },
  },
})
metrics.check("a user has an id", res.ok and res:json().id)

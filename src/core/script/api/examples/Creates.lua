local email = random.email()
http.post("/users", {
  json = { email = email },
  creates = {
    kind = "user",
    id = "/id",
    delete = { path = "/users/{id}" },
    find = { path = "/users", list = "/items", where = { email = email } },
  },
})

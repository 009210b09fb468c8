local email = random.email()
http.post("/users", {
  json = { email = email },
  creates = {
    kind = "user",
    id = "/id",
    delete = { path = "/users/{id}" },
    -- Requested only if the response never came.
    find = {
      path = "/users/by-email/{email}",
      params = { email = email },
      id = "/id",
    },
  },
})

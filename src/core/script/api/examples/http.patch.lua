-- A PATCH is not retried, unless the call says that it may be.
http.patch("/users/{id}", {
  params = { id = 7 },
  json = { name = "Ada" },
  retry = { 2, any_method = true },
})

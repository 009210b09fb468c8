local users, roles = parallel {
  function() return http.get("/users") end,
  function() return http.get("/roles") end,
}
metrics.check("both lists arrived", users.ok and roles.ok)

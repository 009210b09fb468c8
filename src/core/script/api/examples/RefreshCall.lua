auth.setup {
  login = {
    path = "/login",
    fields = { "email" },
    token = "/access_token",
    refresh = "/refresh_token",
  },
  refresh = { path = "/refresh", field = "token", json = { app = "web" } },
}

return {
  on_start = function() auth.login { email = "ada@example.com" } end,
  step = function() metrics.check("refreshed", auth.refresh()) end,
}

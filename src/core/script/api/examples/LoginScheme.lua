auth.setup {
  login = {
    path = "/login",
    fields = { "email", "password" },
    token = "/access_token",
  },
  refresh = { path = "/refresh", field = "refresh_token" },
  logout = { path = "/logout" },
}

return {
  on_start = function()
    auth.login { email = "ada@example.com", password = "secret" }
  end,
  step = function() http.get "/me" end,
}

auth.setup {
  login = { path = "/login", fields = { "email" }, token = "/access_token" },
  logout = {
    path = "/revoke",
    field = "token",
    form = {},
    client = { "web", "none" },
  },
}

return {
  on_start = function() auth.login { email = "ada@example.com" } end,
  step = function() http.get "/me" end,
  on_stop = function() auth.logout() end,
}

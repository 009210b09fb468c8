auth.setup {
  login = { path = "/login", fields = { "email" }, token = "/access_token" },
  logout = { path = "/logout" },
}

return {
  on_start = function() auth.login { email = "ada@example.com" } end,
  step = function() http.get "/me" end,
  on_stop = function()
    auth.logout()
    print(auth.token(), auth.logout()) --> nil, nil
  end,
}

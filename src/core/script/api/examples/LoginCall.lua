auth.setup {
  login = {
    path = "/token",
    fields = { "username", "password" },
    -- The fields of the account and these are sent as a form.
    form = { grant_type = "password" },
    client = { "web", "none" },
    token = "/access_token",
    expires_in = "/expires_in",
  },
}

return {
  on_start = function() auth.login { username = "ada", password = "x" } end,
  step = function() http.get "/me" end,
}

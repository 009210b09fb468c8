auth.setup {
  login = {
    path = "/login",
    fields = { "email" },
    token = "/access_token",
    refresh = "/refresh_token",
  },
}

return {
  on_start = function() auth.login { email = "ada@example.com" } end,
  step = function()
    http.post("/devices", { json = { token = auth.refresh_token() } })
  end,
}

auth.setup {
  login = {
    path = "/login",
    fields = { "email", "password" },
    token = "/access_token",
    expires_in = "/expires_in",
  },
  logout = { path = "/logout" },
}

return {
  on_start = function()
    local res = auth.login {
      email = vars.email or "ada@example.com",
      password = "secret",
    }
    if not res.ok then return false, "no login" end
  end,
  step = function() http.get("/me") end,
  on_stop = function() auth.logout() end,
}

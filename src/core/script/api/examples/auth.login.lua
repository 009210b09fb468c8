auth.setup {
  login = { path = "/login", fields = { "email" }, token = "/access_token" },
}

return {
  on_start = function()
    local res = auth.login { email = vars.email or "ada@example.com" }
    if not res.ok then return false, "no login" end
  end,
  step = function() http.get "/me" end, -- It has the token.
}

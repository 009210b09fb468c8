-- The account of a person, with a client that has no secret.
auth.oauth2 {
  token_url = "/token",
  client_id = "app",
  grant = "password",
  scope = "orders:read",
}

return {
  on_start = function()
    local account = { username = "ada", password = vars.password or "x" }
    if not auth.login(account).ok then return false, "no token" end
  end,
  step = function() http.get "/orders" end,
}

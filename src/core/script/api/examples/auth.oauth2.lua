auth.oauth2 {
  token_url = "/token",
  client_id = vars.client_id or "web",
  client_secret = vars.client_secret or "none",
  scope = "orders:read",
}

return {
  on_start = function()
    if not auth.login({}).ok then return false, "no token" end
  end,
  step = function() http.get "/orders" end,
}

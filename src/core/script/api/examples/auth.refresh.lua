auth.setup {
  login = {
    path = "/login",
    fields = { "email" },
    token = "/access_token",
    refresh = "/refresh_token",
  },
  refresh = { path = "/refresh" },
}

return {
  on_start = function() auth.login { email = "ada@example.com" } end,
  -- Tokens are refreshed in time without it; this one is early on purpose.
  step = function() metrics.check("refreshed", auth.refresh()) end,
}

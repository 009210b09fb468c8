auth.setup {
  login = { path = "/login", fields = {}, token = "/access_token" },
}

return {
  on_start = function()
    auth.login {}
    print(auth.token()) --> "t"
  end,
  -- This one wants it in the query as well.
  step = function()
    http.get("/stream", { query = { token = auth.token() } })
  end,
}

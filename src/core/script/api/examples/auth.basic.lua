auth.basic("ada@example.com", vars.password or "secret")
http.get "/reports"

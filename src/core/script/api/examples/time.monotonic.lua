local start = time.monotonic()
http.get "/users"
http.get "/roles"
metrics.check("both came within a second", time.monotonic() - start < 1)

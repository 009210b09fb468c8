auth.header("X-Api-Key", vars.api_key or "none")
http.get("/me")

auth.bearer(vars.api_token or "none")
http.get("/me")

auth.bearer "t-123"
http.get "/me"
auth.clear()
http.get("/me", { expect = { 200, 401 } }) -- Sent without the token.

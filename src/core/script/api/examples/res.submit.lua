local page = http.get "/account"
-- The hidden field with the CSRF token is sent too.
local account = { email = "ada@example.com", password = "secret" }
local res = page:submit("form#login", account)
metrics.check("logged in", res.ok and res:html():first ".account")

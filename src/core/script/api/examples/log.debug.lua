-- Shown with --debug only.
local res = http.get "/users"
log.debug("users", { status = res.status, bytes = #(res.body or "") })

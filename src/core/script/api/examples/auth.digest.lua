auth.digest("ada", vars.password or "secret")
-- The first request meets a 401, and is sent again with the credentials.
local res = http.get "/private"
print(res.status) --> 200

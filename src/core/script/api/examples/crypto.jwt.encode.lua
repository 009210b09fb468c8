local now = math.floor(time.now())
local claims = { sub = "user-" .. user.id, iat = now, exp = now + 3600 }
auth.bearer(crypto.jwt.encode(claims, vars.jwt_secret or "secret"))
http.get "/me"

local token = crypto.jwt.encode({ sub = "7", roles = { "admin" } }, "secret")
local claims, header = crypto.jwt.decode(token)
print(claims.sub, #claims.roles, header.alg) --> "7", 1, "HS256"
local nothing, why = crypto.jwt.decode "abc"
print(nothing) --> nil
log.warn(why)

local opts = { alg = "HS512", kid = "k1" }
local token = crypto.jwt.encode({ sub = "7" }, "secret", opts)
local _, header = crypto.jwt.decode(token)
print(header.alg, header.kid) --> "HS512", "k1"

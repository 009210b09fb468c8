local body = '{"item":7}'
local digest = crypto.base64.encode(crypto.md5_raw(body))
print(digest) --> "0gPAO3Oo7bmwgZlaqZcYtQ=="
http.post("/orders", { body = body, headers = { ["Content-MD5"] = digest } })

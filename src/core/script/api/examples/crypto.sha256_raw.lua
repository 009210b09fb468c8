-- RFC 9530
local body = '{"item":7}'
local digest = crypto.base64.encode(crypto.sha256_raw(body))
http.post("/orders", {
  body = body,
  headers = { ["Content-Digest"] = "sha-256=:" .. digest .. ":" },
})

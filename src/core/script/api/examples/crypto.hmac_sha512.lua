local body = "pair=BTCEUR&volume=1"
http.post("/trades", {
  body = body,
  headers = {
    ["X-Signature"] = crypto.hmac_sha512(vars.api_secret or "secret", body),
  },
})

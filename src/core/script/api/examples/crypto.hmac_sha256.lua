local body = json.encode { event = "paid" }
http.post("/hooks", {
  body = body,
  headers = {
    ["Content-Type"] = "application/json",
    ["X-Signature"] = crypto.hmac_sha256("secret", body),
  },
})

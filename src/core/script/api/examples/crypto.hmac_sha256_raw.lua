-- A key for each day, derived from the secret, signs the request.
local key = crypto.hmac_sha256_raw("secret", "2026-11-23")
local signature = crypto.hmac_sha256(key, "GET /orders")
print(#key, #signature) --> 32, 64

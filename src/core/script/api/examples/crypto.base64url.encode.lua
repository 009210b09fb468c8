crypto.base64url.encode "a?b>~" --> "YT9iPn4"
-- A code challenge of OAuth 2.0 (PKCE).
local verifier = random.string(64)
local challenge = crypto.base64url.encode(crypto.sha256_raw(verifier))
print(#challenge) --> 43

-- The digest of a WSSE header: of a nonce, the time and the secret.
local nonce, created = random.string(16), time.iso()
local digest = crypto.sha1_raw(nonce .. created .. "secret")
print(#digest, #crypto.base64.encode(digest)) --> 20, 28

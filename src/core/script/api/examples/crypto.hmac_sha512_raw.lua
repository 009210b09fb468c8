local digest = crypto.hmac_sha512_raw("key", "Ada")
print(#digest, crypto.hex.encode(digest):sub(1, 8)) --> 64, "c2b9c047"

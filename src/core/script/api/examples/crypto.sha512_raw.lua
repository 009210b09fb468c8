local digest = crypto.sha512_raw "Ada"
print(#digest, digest == crypto.hex.decode(crypto.sha512 "Ada")) --> 64, true

local digest = crypto.sha512 "Ada"
print(#digest, digest:sub(1, 16)) --> 128, "1985df959f44963c"

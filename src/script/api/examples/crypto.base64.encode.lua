assert(crypto.base64.encode "Ada" == "QWRh")
assert(crypto.base64.decode "QWRh" == "Ada")

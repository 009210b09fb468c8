-- OAuth 1.0: the signature of a request, over its base string.
local base = "GET&http%3A%2F%2Fapi.example.com%2Fphotos&size%3Doriginal"
local digest = crypto.hmac_sha1_raw("consumer&token", base)
print(#digest, #crypto.base64.encode(digest)) --> 20, 28

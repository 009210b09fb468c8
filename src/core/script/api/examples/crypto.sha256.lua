crypto.sha256("Ada"):sub(1, 16) --> "99a563ab2f6e21e9"
-- The digest of a file is its name, as in registries of containers.
local content = random.string(500)
local params = { digest = crypto.sha256(content) }
http.put("/blobs/sha256:{digest}", { params = params, body = content })

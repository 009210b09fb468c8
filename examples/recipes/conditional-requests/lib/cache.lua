-- lib/cache.lua: remembers what the target said of its versions, and asks only for what is newer.
--   local res, is_new = cache.get(user, "/posts/1")

local cache = {}

--- A GET with the validators of the last answer; the second result is false after a 304.
function cache.get(user, path, opts)
  user.state.cache = user.state.cache or {}
  local known = user.state.cache[path] or {}
  opts = opts or {}
  opts.headers = { ["If-None-Match"] = known.etag, ["If-Modified-Since"] = known.modified }
  local res = http.get(path, opts)
  if res.status == 200 then
    user.state.cache[path] = { etag = res.headers.etag, modified = res.headers["last-modified"] }
  end
  return res, res.status ~= 304
end

return cache

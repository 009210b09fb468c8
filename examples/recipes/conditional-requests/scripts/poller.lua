-- scripts/poller.lua: a program that asks again and again for the same few documents, and is sent
-- them once: afterwards a 304 without a body says that nothing has changed.

local cache = require "cache"

local DOCUMENTS <const> = { "/etag/prices-7", "/etag/stock-12", "/cache" }

local spared = metrics.counter("not_modified", { help = "Answers without a body." })

local function ask(user)
  local path = random.pick(DOCUMENTS)
  local seen = user.state.cache and user.state.cache[path]
  local res, is_new = cache.get(user, path)
  if not is_new then spared:add() end
  metrics.check("a document comes once", is_new == not seen)
  metrics.check("a 304 has no body", is_new or res.body == "")
end

-- Somebody else has changed the document meanwhile: the target must refuse to overwrite it.
local function overwrite()
  http.get("/etag/prices-7", { headers = { ["If-Match"] = '"prices-6"' }, expect = 412 })
end

return {
  requests = { 10, 20 },
  think = { 2, 5 },
  steps = { { 9, ask }, { 1, overwrite } },
}

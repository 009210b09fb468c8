-- api: calls that need a token, sometimes preceded by a mistake.
--
-- api.get, api.post, api.put and api.delete have the arguments of http.get and the others. Every
-- mistake is declared with `expect`, and then the right call follows: callers of these functions
-- do not notice it.

local api = {}

-- Calls for administrators only. The id does not exist, so they have no effect.
local DOORS <const> = {
  { "DELETE", "/api/v1/users/{id}" },
  { "PUT", "/api/v1/users/{id}/activate" },
  { "PUT", "/api/v1/users/{id}/deactivate" },
  { "DELETE", "/api/v1/roles/{id}" },
  { "DELETE", "/api/v1/permissions/{id}" },
}

-- A copy of opts with changes; false removes a key.
function api.with(opts, changes)
  local copy = {}
  for key, value in pairs(opts or {}) do
    copy[key] = value
  end
  for key, value in pairs(changes) do
    copy[key] = value or nil
  end
  return copy
end

-- An old link: the login has expired, so the call is sent without a token.
local function without_token(method, path, opts)
  local headers = { Authorization = false }
  http.request(method, path, api.with(opts, { headers = headers, expect = 401, creates = false }))
end

-- 403 for most users, 404 for an administrator, since the id does not exist.
local function wrong_door()
  local door = random.pick(DOORS)
  http.request(door[1], door[2], { params = { id = random.uuid() }, expect = { 403, 404 } })
end

local function call(method, path, opts)
  if random.mistake "no_permission" then
    if random.chance(0.5) then
      without_token(method, path, opts)
    else
      wrong_door()
    end
    think(0.2, 1)
  end
  -- Only reads are given up: after a change its result would be unknown. The time is 0
  -- because a local service responds within a millisecond.
  if method == "GET" and random.mistake "given_up" then
    http.get(path, api.with(opts, { give_up_after = 0 }))
  end
  return http.request(method, path, opts)
end

function api.get(path, opts) return call("GET", path, opts) end
function api.post(path, opts) return call("POST", path, opts) end
function api.put(path, opts) return call("PUT", path, opts) end
function api.delete(path, opts) return call("DELETE", path, opts) end

return api

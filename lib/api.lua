-- api: the calls that need a token, as people make them: now and then something goes wrong first.
--
-- api.get, api.post, api.put and api.delete take what http.get and the others take. Whatever goes
-- wrong is declared with `expect`, and then the right call follows: who calls these functions never
-- sees a mistake.

local api = {}

-- What administrators alone may do. Nobody has the id that we ask for, so nothing can come of it.
local DOORS <const> = {
  { "DELETE", "/api/v1/users/{id}" },
  { "PUT", "/api/v1/users/{id}/activate" },
  { "PUT", "/api/v1/users/{id}/deactivate" },
  { "DELETE", "/api/v1/roles/{id}" },
  { "DELETE", "/api/v1/permissions/{id}" },
}

-- A copy of opts with some of them changed; false takes one away.
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

-- A link kept from another day: the login is over, so the call leaves without a token.
local function without_token(method, path, opts)
  local headers = { Authorization = false }
  http.request(method, path, api.with(opts, { headers = headers, expect = 401, creates = false }))
end

-- 403 for most people. To an administrator the door opens, on an empty room: 404.
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
  -- Only reading is given up: whether a change was made after all, nobody could know. Patience is 0
  -- because a service close by answers within a millisecond.
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

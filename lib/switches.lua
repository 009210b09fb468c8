-- switches: deactivating and activating accounts, roles, permissions.

local api = require "api"

local switches = {}

-- Deactivates the item at path (such as "/api/v1/roles/{id}"), and activates it after a while.
function switches.off_and_on(path, id)
  local off <const>, on <const> = path .. "/deactivate", path .. "/activate"
  local params = { id = id }
  if random.mistake "invalid_fields" then -- it is active already
    api.put(on, { params = params, expect = 400 })
  end
  if not api.put(off, { params = params }).ok then return end
  think(0.3, 1.5)
  api.put(on, { params = params })
end

return switches

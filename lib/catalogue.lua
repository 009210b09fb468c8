-- catalogue: common functions of roles and permissions: named items with a switch, managed by
-- administrators.
--
--   local roles = catalogue { kind = "role", path = "/api/v1/roles", form = function() ... end }
--
-- returns a table of functions. An item is a plain table for user.state: id and name.

local accounts = require "accounts"
local api = require "api"
local forms = require "forms"
local switches = require "switches"

-- spec.kind: its kind in the ledger; spec.path: its path; spec.form: the body of a new one.
return function(spec)
  local things = {}
  local ONE <const> = spec.path .. "/{id}"

  local NAMED <const> = spec.path .. "?search={name}&limit=100"

  -- Declares how a clean-up finds and deletes the item.
  local function created(form)
    return {
      kind = spec.kind,
      id = "/id",
      delete = { method = "DELETE", path = ONE },
      -- The search also finds longer names that begin with this one.
      find = {
        path = NAMED,
        params = { name = form.name },
        list = "/items",
        where = { name = form.name },
        id = "/id",
      },
      as = accounts.administrator(),
    }
  end

  -- Creates an item; nil if the service refused.
  function things.create()
    local form = spec.form()
    local res = forms.submit(api.post, spec.path, { json = form, creates = created(form) })
    if not res.ok then return nil end
    if random.mistake "invalid_fields" then -- the name is taken now
      api.post(spec.path, { json = form, expect = 409 })
    end
    return { id = res:json "/id", name = form.name }
  end

  -- The response with a page of the list; query are the parameters of the service.
  function things.list(query) return api.get(spec.path, { query = query }) end

  function things.read(thing)
    if random.mistake "not_found" then
      local id = random.chance(0.8) and random.uuid() or "the-usual-one"
      api.get(ONE, { params = { id = id }, expect = { 400, 404 } })
    end
    return api.get(ONE, { params = { id = thing.id } })
  end

  function things.edit(thing)
    local form = { display_name = random.sentence(2), description = random.sentence() }
    return forms.submit(api.put, ONE, { params = { id = thing.id }, json = form })
  end

  function things.switch(thing) switches.off_and_on(ONE, thing.id) end

  function things.delete(thing) return api.delete(ONE, { params = { id = thing.id } }) end

  return things
end

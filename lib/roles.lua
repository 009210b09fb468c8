-- roles: what an account may be. The functions are those of lib/catalogue.lua, and giving and
-- taking.

local accounts = require "accounts"
local api = require "api"
local catalogue = require "catalogue"
local forms = require "forms"

local HELD <const> = "/api/v1/users/{userId}/roles"
local ONE <const> = HELD .. "/{roleId}"
local GIVE <const> = HELD .. "/bulk-assign"
local TAKE <const> = HELD .. "/bulk-revoke"

local roles = catalogue {
  kind = "role",
  path = "/api/v1/roles",
  form = function()
    return {
      name = "role-" .. random.unique(),
      display_name = random.sentence(2),
      description = random.sentence(),
    }
  end,
}

-- A role that someone holds cannot be deleted: a clean-up takes it from its holder first.
local function assignment(ids)
  return {
    kind = "assignment",
    needs = { "user", "role" },
    delete = { method = "POST", path = TAKE, json = { roleIds = ids } },
    -- All are given at once or none is, so one tells of all.
    find = { path = HELD, list = "/items", where = { id = ids[1] }, id = "/id" },
    as = accounts.administrator(),
  }
end

local function ids_of(list)
  local ids = {}
  for i, role in ipairs(list) do
    ids[i] = role.id
  end
  return ids
end

-- The roles that an account holds.
function roles.held(account) return api.get(HELD, { params = { userId = account.id } }) end

-- Gives a role to someone and takes it away again.
function roles.lend(account, role)
  local params = { userId = account.id, roleId = role.id }
  local given = api.post(ONE, { params = params, creates = assignment { role.id } })
  if not given.ok then return end
  if random.mistake "invalid_fields" then
    api.post(ONE, { params = params, expect = 409 }) -- has it already
  elseif random.mistake "invalid_fields" then
    http.delete("/api/v1/roles/{id}", { params = { id = role.id }, expect = 409 }) -- still held
  end
  think(0.2, 1)
  api.delete(ONE, { params = params })
end

-- Gives several roles at once and takes them away again.
function roles.lend_all(account, list)
  local opts = { params = { userId = account.id }, json = { roleIds = ids_of(list) } }
  local creates = assignment(opts.json.roleIds)
  local given = forms.submit(api.post, GIVE, api.with(opts, { creates = creates }))
  if not given.ok then return end
  roles.held(account)
  forms.submit(api.post, TAKE, opts)
end

return roles

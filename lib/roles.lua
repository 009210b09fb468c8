-- roles: roles of accounts. The functions are those of lib/catalogue.lua, and assigning and
-- revoking.

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

-- An assigned role cannot be deleted: a clean-up revokes it first.
local function assignment(ids)
  return {
    kind = "assignment",
    needs = { "user", "role" },
    delete = { method = "POST", path = TAKE, json = { roleIds = ids } },
    -- All are assigned at once or none, so one entry stands for all.
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

-- The roles of an account.
function roles.held(account) return api.get(HELD, { params = { userId = account.id } }) end

-- Assigns a role and revokes it again.
function roles.lend(account, role)
  local params = { userId = account.id, roleId = role.id }
  local given = api.post(ONE, { params = params, creates = assignment { role.id } })
  if not given.ok then return end
  if random.mistake "invalid_fields" then
    api.post(ONE, { params = params, expect = 409 }) -- already assigned
  elseif random.mistake "invalid_fields" then
    http.delete("/api/v1/roles/{id}", { params = { id = role.id }, expect = 409 }) -- still assigned
  end
  think(0.2, 1)
  api.delete(ONE, { params = params })
end

-- Assigns several roles at once and revokes them again.
function roles.lend_all(account, list)
  local opts = { params = { userId = account.id }, json = { roleIds = ids_of(list) } }
  local creates = assignment(opts.json.roleIds)
  local given = forms.submit(api.post, GIVE, api.with(opts, { creates = creates }))
  if not given.ok then return end
  roles.held(account)
  forms.submit(api.post, TAKE, opts)
end

return roles

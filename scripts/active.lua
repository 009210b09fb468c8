-- active: half of the users. Logs in, looks up other users, maintains the own account and profile,
-- logs out.

local accounts = require "accounts"
local people = require "people"
local permissions = require "permissions"
local personas = require "personas"
local profiles = require "profiles"
local roles = require "roles"
local system = require "system"

local function who_am_i(user) accounts.who_am_i(user.state.account) end
local function refresh(user) accounts.refresh(user.state.account) end

-- Reads a page of the list and opens an account.
local function browse()
  local person = people.any(people.leaf())
  think(0.2, 1)
  if person then people.look_up(person) end
end

-- Types a name into the search, and opens an account that is found.
local function search()
  local person = people.any(people.type_a_name())
  if person then people.look_up(person) end
end

local function edit_account(user) people.edit(user.state.account) end
local function change_password(user) accounts.change_password(user.state.account) end

local function read_profile(user) profiles.read(user.state.account) end
local function edit_profile(user) profiles.edit(user.state.account) end

-- Deletes the profile; the next step that needs one creates it.
local function withdraw_profile(user) profiles.delete(user.state.account) end

-- Reads the own permissions.
local function look_at_rights(user)
  roles.held(user.state.account)
  if random.chance(0.5) then
    permissions.list { resource = "users" }
  else
    roles.list { is_active = true }
  end
end

---@type Contract
return {
  weight = 50,
  requests = { 30, 100 },
  think = { 0.1, 2.0 },
  headers = personas.headers,

  -- Each session begins with its own account, so that users change only what they have
  -- created.
  on_start = function(user)
    local account, why = accounts.register()
    if not account then return false, why end
    user.state.account = account
    return accounts.login(account)
  end,

  steps = {
    { 18, who_am_i },
    { 4, refresh },
    { 19, browse },
    { 5, search },
    { 13, edit_account },
    { 3, change_password },
    { 10, read_profile },
    { 4, edit_profile },
    { 1, withdraw_profile },
    { 2, look_at_rights },
    { 11, system.look, name = "look_at_system" },
  },

  on_stop = function(user)
    if user.state.account then accounts.leave(user.state.account) end
  end,
}

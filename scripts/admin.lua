-- admin: one user in five. An administrator: creates and deletes accounts, manages roles and
-- permissions, assigns roles. It changes only what it created in the same session:
-- user.state.made.

local accounts = require "accounts"
local people = require "people"
local permissions = require "permissions"
local personas = require "personas"
local profiles = require "profiles"
local roles = require "roles"
local system = require "system"

local function who_am_i(user) accounts.who_am_i(user.state.account) end

-- One of the items created in this session, or nil.
local function any(user, kind) return random.pick(user.state.made[kind]) end

local function keep(user, kind, thing)
  if thing then table.insert(user.state.made[kind], thing) end
end

local function hire(user) keep(user, "accounts", accounts.register()) end
local function make_role(user) keep(user, "roles", roles.create()) end
local function make_permission(user) keep(user, "permissions", permissions.create()) end

-- Reads the list and opens an account.
local function look_around()
  local person = people.any(people.leaf(20), 20)
  if person then people.look_up(person) end
end

-- Lists deactivated and deleted accounts.
local function look_for_the_lost()
  people.list { is_active = false }
  people.list { is_deleted = true }
end

local function edit_account(user)
  local account = any(user, "accounts")
  if account then people.edit(account) end
end

local function suspend(user)
  local account = any(user, "accounts")
  if account then people.suspend(account) end
end

local function reset_password(user)
  local account = any(user, "accounts")
  if account then people.reset_password(account) end
end

-- Creates a guest account and deletes it in the same step.
local function hire_a_guest()
  local guest = accounts.register { guest = true }
  if not guest then return end
  think(0.5, 2)
  people.delete(guest)
end

local function keep_profile(user)
  local account = any(user, "accounts")
  if account then profiles[random.pick { "read", "edit", "delete" }](account) end
end

-- Reads, changes, activates or deactivates a role or a permission.
local function tend(things, kind)
  return function(user)
    local thing = any(user, kind)
    if thing then things[random.weighted { read = 40, edit = 30, switch = 30 }](thing) end
  end
end

-- Reads the list of roles or permissions.
local function survey(things)
  return function() things.list { limit = 20, is_active = true } end
end

-- Creates a draft and deletes it before it is used.
local function draft(things)
  return function()
    local thing = things.create()
    if not thing then return end
    think(0.2, 1)
    things.delete(thing)
  end
end

local function lend_role(user)
  local account, role = any(user, "accounts"), any(user, "roles")
  if account and role then roles.lend(account, role) end
end

local function lend_roles(user)
  local account = any(user, "accounts")
  if account and #user.state.made.roles > 0 then roles.lend_all(account, user.state.made.roles) end
end

---@type Contract
return {
  weight = 20,
  requests = { 50, 200 },
  think = { 0.1, 2.0 },
  headers = personas.headers,

  on_start = function(user)
    user.state.account = accounts.administrator()
    user.state.made = { accounts = {}, roles = {}, permissions = {} }
    local ok, why = accounts.login(user.state.account)
    if not ok then return false, why end
    accounts.who_am_i(user.state.account)
    hire(user)
    make_role(user)
    make_permission(user)
  end,

  steps = {
    { 13, who_am_i },
    { 18, look_around },
    { 2, look_for_the_lost },
    { 3, hire },
    { 3, hire_a_guest },
    { 5, edit_account },
    { 4, suspend },
    { 3, reset_password },
    { 5, keep_profile },
    { 2, make_role },
    { 6, tend(roles, "roles"), name = "tend_roles" },
    { 3, survey(roles), name = "survey_roles" },
    { 2, draft(roles), name = "draft_role" },
    { 1, make_permission },
    { 6, tend(permissions, "permissions"), name = "tend_permissions" },
    { 3, survey(permissions), name = "survey_permissions" },
    { 2, draft(permissions), name = "draft_permission" },
    { 3, lend_role },
    { 2, lend_roles },
    { 9, system.look, name = "look_at_system" },
  },

  on_stop = function(user) accounts.leave(user.state.account) end,
}

-- new: one user in five. A new user of the service: registers, logs in, fills in a
-- profile and reads. Some register as guests, and close the account at the end of the
-- session.

local accounts = require "accounts"
local people = require "people"
local personas = require "personas"
local profiles = require "profiles"
local system = require "system"

local GUESTS <const> = 0.3

local function who_am_i(user) accounts.who_am_i(user.state.account) end

-- Opens the list, and an account on it.
local function browse()
  local person = people.any(people.leaf())
  think(0.2, 1)
  if person then people.look_up(person) end
end

local function read_profile(user) profiles.read(user.state.account) end
local function edit_profile(user) profiles.edit(user.state.account) end
local function correct_account(user) people.edit(user.state.account) end

---@type Contract
return {
  weight = 20,
  requests = { 10, 30 },
  think = { 0.1, 2.0 },
  headers = personas.headers,

  on_start = function(user)
    system.welcome()
    local account, why = accounts.register { guest = random.chance(GUESTS) }
    if not account then return false, why end
    user.state.account = account
    local ok, problem = accounts.login(account)
    if not ok then return false, problem end
    accounts.who_am_i(account)
    profiles.create(account)
  end,

  steps = {
    { 38, browse },
    { 12, who_am_i },
    { 12, correct_account },
    { 10, edit_profile },
    { 8, read_profile },
    { 10, system.look, name = "look_at_system" },
  },

  on_stop = function(user)
    if user.state.account then accounts.leave(user.state.account) end
  end,
}

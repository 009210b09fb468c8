-- power: one user in ten. A heavy user, with several logins: searches much and
-- in parallel, creates accounts in batches, exports lists page by page.

local accounts = require "accounts"
local people = require "people"
local permissions = require "permissions"
local personas = require "personas"
local profiles = require "profiles"
local roles = require "roles"
local system = require "system"

local MACHINES <const> = 3

-- A metric of the script: it is reported in the summary and at /metrics.
local hits = metrics.histogram("search_hits", { help = "People found by one search." })

local function who_am_i(user) accounts.who_am_i(user.state.account) end
local function refresh(user) accounts.refresh(user.state.account) end

-- Another machine with an older login: its token may have expired.
local function another_machine(user)
  local token = random.pick(user.state.tokens)
  if not token then return end
  local headers = { Authorization = "Bearer " .. token }
  http.get("/api/v1/auth/me", { headers = headers, expect = { 200, 401 } })
end

local function search()
  local res = people.type_a_name()
  local found = res:json "/pagination/total"
  if found then hits:observe(found) end
  return people.any(res)
end

local function leaf() return people.any(people.leaf()) end

-- Several concurrent searches, then an account that each found.
local function search_at_once()
  local found = table.pack(parallel { search, search, leaf })
  for i = 1, found.n do
    if found[i] then people.look_up(found[i]) end
  end
end

-- Exports the list page by page.
local function export()
  for page = 1, random.int(3, 6) do
    local res = people.list { page = page, limit = 50, is_active = true }
    if not res.ok or not res:json "/items/0" then return end
    think(0.05, 0.2)
  end
end

-- Lists with all filters.
local function filter()
  parallel {
    function() people.list { search = "ann", is_active = true, limit = 50 } end,
    function() people.list { is_active = false, limit = 50 } end,
    function() roles.list { search = "role", limit = 50 } end,
    function() permissions.list { resource = "reports", is_active = true, limit = 50 } end,
  }
end

-- Creates a few accounts at once, each with a profile.
local function import(user)
  local batch = {}
  for i = 1, random.int(2, 4) do
    batch[i] = function() return (accounts.register()) end
  end
  for _, account in ipairs { parallel(batch) } do
    profiles.create(account)
    table.insert(user.state.accounts, account)
  end
end

-- Reads some of the accounts that it created.
local function tend_people(user)
  for _ = 1, 3 do
    local account = random.pick(user.state.accounts)
    local act = random.pick { people.edit, people.suspend, profiles.read, profiles.edit }
    if account then act(account) end
  end
end

---@type Contract
return {
  weight = 10,
  requests = { 100, 1000 },
  think = { 0.1, 1.0 },
  headers = personas.headers,

  on_start = function(user)
    user.state.account = accounts.administrator()
    user.state.accounts = {}
    user.state.tokens = {} -- of the other machines
    for machine = 1, MACHINES do
      local ok, why = accounts.login(user.state.account)
      if not ok then return false, why end
      if machine < MACHINES then table.insert(user.state.tokens, auth.token()) end
    end
  end,

  steps = {
    { 26, who_am_i },
    { 10, another_machine },
    { 4, refresh },
    { 7, search_at_once, heavy = 2 },
    { 5, export, heavy = true },
    { 6, filter, heavy = 2 },
    { 4, import, heavy = true },
    { 12, tend_people },
    { 16, system.look, name = "look_at_system" },
  },

  on_stop = function(user)
    for _, token in ipairs(user.state.tokens) do
      -- After a stop between two logins the last token is both in the list and in use.
      if token ~= auth.token() then
        local headers = { Authorization = "Bearer " .. token }
        http.post("/api/v1/auth/logout", { headers = headers, expect = { 200, 401 } })
      end
    end
    accounts.leave(user.state.account)
  end,
}

-- people: finding other users, and changing accounts.

local api = require "api"
local forms = require "forms"
local switches = require "switches"

local people = {}

local USERS <const> = "/api/v1/users"
local USER <const> = "/api/v1/users/{id}"
local BY_EMAIL <const> = "/api/v1/users/email/{email}"
local BY_USERNAME <const> = "/api/v1/users/username/{username}"

-- An account from a list may have been deleted by the clean-up of a long run meanwhile.
local HERE_OR_GONE <const> = { 200, 404 }

-- Search terms: names, letter by letter.
local NAMES <const> = { "anna", "chen", "clara", "daniel", "elena", "maria", "martin", "viktor" }

-- Guests close their accounts at any moment, so links to them are not followed.
---@param person table
local function stays(person) return person.username:sub(1, 6) ~= "guest_" end

-- Items on a page that names no other number.
local LIMIT <const> = 10

-- The response with a page of the list; query: page, limit, search, is_active, is_deleted.
function people.list(query) return api.get(USERS, { query = query }) end

-- The response with a random page of the list.
function people.leaf(limit)
  return people.list { page = random.int(1, 5), limit = limit or LIMIT }
end

-- A random account on a page with this limit, or nil. Only that one is decoded, unless it is a
-- guest's or the page is not full.
---@param res Response
---@param limit integer?
---@return table?
function people.any(res, limit)
  if not res.ok then return nil end
  local person = res:json("/items/" .. random.int(0, (limit or LIMIT) - 1))
  if person and stays(person) then return person end
  local staying = {}
  for _, item in ipairs(res:json("/items") or {}) do
    if stays(item) then staying[#staying + 1] = item end
  end
  return random.pick(staying)
end

function people.search(q)
  return api.get("/api/v1/users/search", { query = { q = q, limit = LIMIT } })
end

-- A burst: a search at each letter, until the name is complete. The last response.
---@return Response
function people.type_a_name()
  local name = random.pick(NAMES)
  for length = random.int(1, 3), #name - 1 do
    people.search(name:sub(1, length))
    think(0.05, 0.2)
  end
  local res = people.search(name)
  think(0.05, 0.2)
  return res
end

local function by_id(id, expect) return api.get(USER, { params = { id = id }, expect = expect }) end

local function by_email(email, expect)
  return api.get(BY_EMAIL, { params = { email = email }, expect = expect })
end

local function by_username(name, expect)
  return api.get(BY_USERNAME, { params = { username = name }, expect = expect })
end

-- Broken links: to a user or a page that does not exist, or with an invalid id.
local DEAD_LINKS <const> = {
  { 50, function() by_id(random.uuid(), 404) end },
  { 15, function() by_email(random.email(), 404) end },
  { 15, function() by_username(random.username(), 404) end },
  { 10, function() by_id("me-and-myself", 400) end },
  { 10, function() api.get(USERS, { query = { page = 0 }, expect = 400 }) end },
}

-- Looks up one user: mostly by id, else by address or name.
function people.look_up(person)
  if random.mistake "not_found" then random.weighted(DEAD_LINKS)() end
  local way = random.weighted { id = 60, email = 20, username = 20 }
  if way == "email" then return by_email(person.email, HERE_OR_GONE) end
  if way == "username" then return by_username(person.username, HERE_OR_GONE) end
  return by_id(person.id, HERE_OR_GONE)
end

-- Changes an account, except address and user name, by which other users may look it up.
function people.edit(account)
  local form = { phone_number = random.phone(), document_number = random.string(9) }
  if random.chance(0.3) then form.name = random.name() end
  return forms.submit(api.put, USER, { params = { id = account.id }, json = form })
end

-- The functions below are for administrators, and for accounts that they created.

-- Deactivates an account for a while.
function people.suspend(account) switches.off_and_on(USER, account.id) end

function people.reset_password(account)
  local path <const> = USER .. "/reset-password"
  local form = { newPassword = random.string(12) .. "1a", resetToken = random.uuid() }
  return forms.submit(api.put, path, { params = { id = account.id }, json = form })
end

function people.delete(account)
  if random.mistake "not_found" then
    api.delete(USER, { params = { id = random.uuid() }, expect = 404 })
  end
  return api.delete(USER, { params = { id = account.id } })
end

return people

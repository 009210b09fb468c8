-- The demo service as a mock: what `throng service` answers to the built-in types, without a database. Used by dry runs of
-- them, and by `mock.demo_routes()` in tests.

local UUID <const> = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"
-- Accounts that lists and searches look at: the newest ones.
local LISTED <const> = 200
-- A page of a list is made anew after so many registrations.
local STALE <const> = 25
-- What comes before the refresh token of a token.
local REFRESH <const> = "refresh-"
-- Logins and registrations hash a password.
local HASHED <const> = { p50 = "60ms", p99 = "150ms" }

local by_id, by_email, by_username, profiles = {}, {}, {}, {}
local newest, registered = {}, 0
local tokens, refreshes, last_token = {}, {}, 0

local function refusal(status, code, message, fields)
  return { status = status, json = { error = { code = code, message = message, fields = fields } } }
end

local NO_TOKEN <const> = refusal(401, "unauthorized", "no valid token")
local NO_RIGHT <const> = refusal(403, "forbidden", "not allowed")
local NO_UUID <const> = refusal(400, "invalid", "not a UUID")
local NOT_FOUND <const> = refusal(404, "not_found", "there is no such thing")

local function now() return time.iso() end

local function new_account(form)
  local account = {
    id = random.uuid(),
    username = form.username,
    email = form.email,
    password = form.password,
    name = form.name,
    is_active = true,
    is_deleted = false,
    created_at = now(),
    roles = {},
  }
  by_id[account.id], by_email[account.email], by_username[account.username] =
    account, account, account
  registered = registered + 1
  newest[registered % LISTED + 1] = account
  return account
end

local admin = new_account {
  username = "admin",
  email = vars.admin_email or "admin@example.com",
  name = "Administrator",
  password = vars.admin_password or "Admin-1234-local",
}
admin.is_admin = true

local function shown(account)
  local roles = {}
  for _, role in pairs(account.roles) do
    roles[#roles + 1] = { id = role.id, name = role.name }
  end
  return {
    id = account.id,
    username = account.username,
    email = account.email,
    name = account.name,
    is_active = account.is_active,
    is_deleted = account.is_deleted,
    created_at = account.created_at,
    roles = json.array(roles),
  }
end

-- What is wrong with the fields of a form.
local RULES <const> = {
  username = function(text) return #text >= 3 end,
  email = function(text) return text:find("^[^@%s]+@[^@%s]+$") end,
  phone_number = function(text) return text:find("^[%d%s%+%-%(%)%.x]+$") end,
  document_number = function(text) return text:find("^%w+$") end,
  website = function(text) return text:find("^https?://%S+$") end,
  birth_date = function(text) return text:find("^%d%d%d%d%-%d%d%-%d%d$") end,
  language = function(text) return text:find("^%a%a%-?%a*$") end,
  display_name = function(text) return text ~= "" end,
  resource = function(text) return text:find("^[%w_%-]+$") end,
  newPassword = function(text) return text ~= "" end,
}

local function faults(form, needed)
  local fields
  for _, name in ipairs(needed or {}) do
    if form[name] == nil then
      fields = fields or {}
      fields[name] = "is missing"
    end
  end
  for name, value in pairs(form) do
    local rule = RULES[name]
    if rule and (type(value) ~= "string" or not rule(value)) then
      fields = fields or {}
      fields[name] = "is not valid"
    end
  end
  return fields and refusal(400, "invalid", "some fields are not valid", fields)
end

local function is_weak(password) return #password < 8 or not password:find "%d" end

-- The account of a request, or nil.
local function caller(req)
  local token = (req.headers.authorization or ""):match "^Bearer (.+)$"
  local account = token and tokens[token]
  return account and not account.is_deleted and account or nil, token
end

-- A route for those who have logged in; handler(req, account).
local function bearer(handler)
  return function(req)
    local account = caller(req)
    if not account then return NO_TOKEN end
    return handler(req, account)
  end
end

-- A route about something by id; handler(thing, req, account).
local function on(things, rights, handler, key)
  return bearer(function(req, account)
    local id = req.params[key or "id"]
    if not id:find(UUID) then return NO_UUID end
    local may = rights == "any" or account.is_admin or rights == "self" and id == account.id
    if rights == "only self" then may = id == account.id end
    if not may then return NO_RIGHT end
    local thing = things[id]
    if not thing or thing.is_deleted then return NOT_FOUND end
    return handler(thing, req, account)
  end)
end

local function listed(items, page, limit)
  local total = #items
  local part = {}
  for i = (page - 1) * limit + 1, math.min(page * limit, total) do
    part[#part + 1] = items[i]
  end
  return {
    items = json.array(part),
    pagination = { total = total, page = page, limit = limit, pages = math.ceil(total / limit) },
  }
end

-- Page and limit of a query; nil for bad ones.
local function paging(req)
  local page, limit = math.tointeger(req.query.page or 1), math.tointeger(req.query.limit or 20)
  if not page or not limit or page < 1 or limit < 1 or limit > 100 then return nil end
  return page, limit
end

local BAD_PAGE <const> = refusal(400, "invalid", "page is from 1, limit from 1 to 100")

local pages = {}

local function people(wanted)
  local found = {}
  for _, account in pairs(newest) do
    if wanted(account) then found[#found + 1] = account end
  end
  table.sort(found, function(one, other) return one.username < other.username end)
  for i, account in ipairs(found) do
    found[i] = shown(account)
  end
  return found
end

-- A page of accounts, as the text that was made for it not long ago.
local function page_of_people(req, key, wanted)
  local page, limit = paging(req)
  if not page then return BAD_PAGE end
  key = key .. "/" .. page .. "/" .. limit
  local kept = pages[key]
  if not kept or registered - kept.registered >= STALE then
    kept = {
      registered = registered,
      answer = { json = listed(people(wanted), page, limit) },
    }
    kept.answer =
      { body = json.encode(kept.answer.json), headers = { ["Content-Type"] = "application/json" } }
    pages[key] = kept
  end
  return kept.answer
end

local function logged_in(account)
  last_token = last_token + 1
  local token = last_token .. "-" .. random.string(24)
  local refresh = REFRESH .. token
  tokens[token], refreshes[refresh] = account, account
  return {
    latency = HASHED,
    json = {
      access_token = token,
      refresh_token = refresh,
      token_type = "Bearer",
      expires_in = 3600,
      user_id = account.id,
    },
  }
end

local function me(_, account)
  return {
    json = {
      user_id = account.id,
      email = account.email,
      scopes = json.array {},
      roles = json.array {},
    },
  }
end

-- Roles or permissions: named things with a switch.
local function catalogue(routes, path, in_use)
  local things, by_name, list = {}, {}, {}
  local one = path .. "/{id}"
  local function need_admin(handler)
    return bearer(function(req, account)
      if not account.is_admin then return NO_RIGHT end
      return handler(req)
    end)
  end
  routes["POST " .. path] = need_admin(function(req)
    local wrong = faults(req.json or {}, { "name", "display_name" })
    if wrong then return wrong end
    local form = req.json
    if by_name[form.name] then return refusal(409, "conflict", "the name is taken") end
    form.id, form.is_active = random.uuid(), true
    things[form.id], by_name[form.name] = form, form
    list[#list % LISTED + 1] = form
    return { status = 201, json = form }
  end)
  routes["GET " .. path] = bearer(function(req)
    local page, limit = paging(req)
    if not page then return BAD_PAGE end
    local found, query = {}, req.query
    for i = #list, math.max(1, #list - 2 * limit), -1 do
      local thing = list[i]
      if things[thing.id] and (not query.search or thing.name:find(query.search, 1, true)) then
        found[#found + 1] = thing
      end
    end
    return { json = listed(found, page, limit) }
  end)
  routes["GET " .. one] = on(things, "any", function(thing) return { json = thing } end)
  routes["PUT " .. one] = on(things, "admin", function(thing, req)
    local wrong = faults(req.json or {})
    if wrong then return wrong end
    for name, value in pairs(req.json) do
      thing[name] = value
    end
    return { json = thing }
  end)
  routes["DELETE " .. one] = on(things, "admin", function(thing)
    if in_use(thing) then return refusal(409, "conflict", "it is in use") end
    things[thing.id], by_name[thing.name] = nil, nil
    return 204
  end)
  for verb, active in pairs { activate = true, deactivate = false } do
    routes["PUT " .. one .. "/" .. verb] = on(things, "admin", function(thing)
      if thing.is_active == active then return refusal(400, "invalid", "it is so already") end
      thing.is_active = active
      return { json = thing }
    end)
  end
  return things
end

local USERS <const> = "/api/v1/users"
local USER <const> = USERS .. "/{id}"
local PROFILE <const> = USERS .. "/{userId}/profile"
local ROLES <const> = USERS .. "/{userId}/roles"

local routes = {
  latency = { p50 = "2ms", p99 = "15ms" },

  ["GET /"] = function()
    return { json = { status = "ok", service = "user-service", timestamp = now() } }
  end,
  ["GET /health"] = {
    json = {
      status = "ok",
      checks = { database = "ok", cache = "ok" },
      uptime = 1,
      version = "mock",
    },
  },
  ["GET /metrics"] = {
    body = "# TYPE user_service_user_total_count gauge\nuser_service_user_total_count 1\n",
    headers = { ["Content-Type"] = "text/plain; version=0.0.4" },
  },

  ["POST /api/v1/auth/login"] = function(req)
    local form = req.json or {}
    if not form.email or not form.password then
      return faults(form, { "email", "password" }) or NO_TOKEN
    end
    local account = by_email[form.email]
    if
      not account
      or account.is_deleted
      or not account.is_active
      or account.password ~= form.password
    then
      return {
        status = 401,
        latency = HASHED,
        json = { error = { code = "unauthorized", message = "wrong credentials" } },
      }
    end
    return logged_in(account)
  end,
  ["POST /api/v1/auth/logout"] = function(req)
    local account, token = caller(req)
    if not account then return NO_TOKEN end
    tokens[token], refreshes[REFRESH .. token] = nil, nil
    return { json = { message = "logged out" } }
  end,
  ["POST /api/v1/auth/refresh"] = function(req)
    local token = req.json and req.json.refresh_token
    if not token then return refusal(400, "invalid", "refresh_token is missing") end
    local account = refreshes[token]
    if not account or account.is_deleted then return NO_TOKEN end
    refreshes[token] = nil
    return logged_in(account)
  end,
  ["GET /api/v1/auth/me"] = bearer(me),
  ["POST /api/v1/auth/me"] = bearer(me),

  ["GET " .. USERS] = bearer(function(req)
    local query = req.query
    local key = (query.search or "")
      .. "|"
      .. (query.is_active or "")
      .. "|"
      .. (query.is_deleted or "")
    return page_of_people(
      req,
      key,
      function(account)
        return (not query.search or account.username:find(query.search, 1, true))
          and (not query.is_active or tostring(account.is_active) == query.is_active)
          and tostring(account.is_deleted) == (query.is_deleted or "false")
      end
    )
  end),
  ["GET " .. USERS .. "/search"] = bearer(function(req)
    local q = req.query.q
    if not q then return refusal(400, "invalid", "q is missing") end
    return page_of_people(
      req,
      "search " .. q,
      function(account)
        return not account.is_deleted
          and (
            account.username:find(q, 1, true)
            or account.name and account.name:lower():find(q, 1, true)
          )
      end
    )
  end),
  ["GET " .. USER] = on(by_id, "any", function(account) return { json = shown(account) } end),
  ["GET " .. USERS .. "/email/{email}"] = bearer(function(req)
    if not RULES.email(req.params.email) then return refusal(400, "invalid", "not an address") end
    local account = by_email[req.params.email]
    return account and not account.is_deleted and { json = shown(account) } or NOT_FOUND
  end),
  ["GET " .. USERS .. "/username/{username}"] = bearer(function(req)
    local account = by_username[req.params.username]
    return account and not account.is_deleted and { json = shown(account) } or NOT_FOUND
  end),
  ["POST " .. USERS] = function(req)
    local form = req.json or {}
    local wrong = faults(form, { "username", "email", "password" })
    if wrong then return wrong end
    if by_email[form.email] or by_username[form.username] then
      return refusal(409, "conflict", "the address or the name is taken")
    end
    return { status = 201, latency = HASHED, json = shown(new_account(form)) }
  end,
  ["PUT " .. USER] = on(by_id, "self", function(account, req)
    local wrong = faults(req.json or {})
    if wrong then return wrong end
    account.name = req.json.name or account.name
    return { json = shown(account) }
  end),
  ["DELETE " .. USER] = on(by_id, "self", function(account)
    -- Its tokens are dead with it. The service keeps its names; here nobody asks for them again.
    account.is_deleted = true
    by_id[account.id], by_email[account.email], by_username[account.username] = nil, nil, nil
    profiles[account.id] = nil
    return { json = { message = "deleted" } }
  end),
  ["PUT " .. USER .. "/change-password"] = on(by_id, "only self", function(account, req)
    local form = req.json or {}
    local wrong = faults(form, { "oldPassword", "newPassword" })
    if wrong then return wrong end
    if is_weak(form.newPassword) then return refusal(422, "weak", "the password is too weak") end
    if form.oldPassword ~= account.password then
      return refusal(400, "invalid", "the old password is wrong")
    end
    account.password = form.newPassword
    return { latency = HASHED, json = { message = "changed" } }
  end),
  ["PUT " .. USER .. "/reset-password"] = on(by_id, "admin", function(account, req)
    local form = req.json or {}
    local wrong = faults(form, { "newPassword" })
    if wrong then return wrong end
    if is_weak(form.newPassword) then return refusal(422, "weak", "the password is too weak") end
    account.password = form.newPassword
    return { latency = HASHED, json = { message = "reset" } }
  end),

  ["POST " .. PROFILE] = on(by_id, "self", function(account, req)
    local wrong = faults(req.json or {})
    if wrong then return wrong end
    if profiles[account.id] then return refusal(409, "conflict", "it has a profile") end
    local profile = req.json
    profile.user_id = account.id
    profiles[account.id] = profile
    return { status = 201, json = profile }
  end, "userId"),
  ["GET " .. PROFILE] = on(by_id, "any", function(account, _, caller_account)
    local profile = profiles[account.id]
    if not profile then return NOT_FOUND end
    local is_hidden = profile.is_public == false
    if is_hidden and account ~= caller_account and not caller_account.is_admin then
      return NO_RIGHT
    end
    return { json = profile }
  end, "userId"),
  ["PUT " .. PROFILE] = on(by_id, "self", function(account, req)
    local profile = profiles[account.id]
    if not profile then return NOT_FOUND end
    local wrong = faults(req.json or {})
    if wrong then return wrong end
    for name, value in pairs(req.json) do
      profile[name] = value
    end
    return { json = profile }
  end, "userId"),
  ["DELETE " .. PROFILE] = on(by_id, "self", function(account)
    if not profiles[account.id] then return NOT_FOUND end
    profiles[account.id] = nil
    return 204
  end, "userId"),
}

for verb, active in pairs { activate = true, deactivate = false } do
  routes["PUT " .. USER .. "/" .. verb] = on(by_id, "admin", function(account)
    if account.is_active == active then return refusal(400, "invalid", "it is so already") end
    account.is_active = active
    return { json = shown(account) }
  end)
end

-- How many accounts hold a role.
local held = {}
local roles = catalogue(routes, "/api/v1/roles", function(role) return (held[role.id] or 0) > 0 end)
catalogue(routes, "/api/v1/permissions", function() return false end)

local function give(account, role)
  if account.roles[role.id] then return false end
  account.roles[role.id], held[role.id] = role, (held[role.id] or 0) + 1
  return true
end

local function take(account, role)
  if not account.roles[role.id] then return false end
  account.roles[role.id], held[role.id] = nil, held[role.id] - 1
  return true
end

-- Roles by the ids of a form; nil when there are none, or one is unknown.
local function named(req)
  local found = {}
  for i, id in ipairs(req.json and req.json.roleIds or {}) do
    found[i] = roles[id]
    if not found[i] then return nil end
  end
  return #found > 0 and found or nil
end

routes["GET " .. ROLES] = on(
  by_id,
  "any",
  function(account) return { json = listed(shown(account).roles, 1, 100) } end,
  "userId"
)
routes["POST " .. ROLES .. "/{roleId}"] = on(by_id, "admin", function(account, req)
  local role = roles[req.params.roleId]
  if not role then return NOT_FOUND end
  if not give(account, role) then return refusal(409, "conflict", "it has the role") end
  return { json = shown(account) }
end, "userId")
routes["DELETE " .. ROLES .. "/{roleId}"] = on(by_id, "admin", function(account, req)
  local role = roles[req.params.roleId]
  if not role then return NOT_FOUND end
  if not take(account, role) then return refusal(400, "invalid", "it has not the role") end
  return { json = shown(account) }
end, "userId")
for verb, change in pairs { ["bulk-assign"] = give, ["bulk-revoke"] = take } do
  routes["POST " .. ROLES .. "/" .. verb] = on(by_id, "admin", function(account, req)
    local all = named(req)
    if not all then return refusal(400, "invalid", "roleIds is empty or has unknown ids") end
    for _, role in ipairs(all) do
      change(account, role)
    end
    return { json = shown(account) }
  end, "userId")
end

return routes

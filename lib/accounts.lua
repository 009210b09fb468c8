-- accounts: registering, logging in and out, tokens, passwords.
--
-- An account is a plain table that a script keeps in user.state: id, username, email, password,
-- guest.

local api = require "api"
local forms = require "forms"

local accounts = {}

local ME <const> = "/api/v1/auth/me"

-- Headers of a call without the user's token.
local NOBODY <const> = { Authorization = false }

-- How to log in to the service; all functions of `auth` use this.
auth.setup {
  login = {
    path = "/api/v1/auth/login",
    fields = { "email", "password" },
    token = "/access_token",
    refresh = "/refresh_token",
    expires_in = "/expires_in",
  },
  refresh = { path = "/api/v1/auth/refresh", field = "refresh_token" },
  logout = { path = "/api/v1/auth/logout" },
}

-- The administrator: that of the demo service unless the run sets another with
-- -e admin_email=... -e admin_password=...
function accounts.administrator()
  return {
    email = vars.admin_email or "admin@example.com",
    password = vars.admin_password or "Admin-1234-local",
  }
end

local function bearer(token) return { Authorization = "Bearer " .. token } end

local function new_password() return random.string(12) .. random.int(10, 99) .. "x" end

-- A guest closes its account soon. Its name says so, so that other users do not rely on it: see
-- lib/people.lua.
local function new_account(guest)
  return {
    username = (guest and "guest_" or "") .. random.username(),
    email = random.email(),
    password = new_password(),
    name = random.name(),
    phone_number = random.phone(),
  }
end

-- Declares how a clean-up finds and deletes the account that a request creates.
local function created(account)
  return {
    kind = "user",
    id = "/id",
    delete = { method = "DELETE", path = "/api/v1/users/{id}" },
    find = { path = "/api/v1/users/email/{email}", params = { email = account.email }, id = "/id" },
    as = accounts.administrator(),
  }
end

-- Creates an account; nil and the reason if the service refused. Registering needs no
-- token.
function accounts.register(opts)
  local path <const> = "/api/v1/users"
  local guest = opts and opts.guest
  if random.mistake "given_up" then
    -- Gave up. The account may exist or not, so the next attempt uses another
    -- address.
    local account = new_account(guest)
    local creates = created(account)
    http.post(path, { json = account, headers = NOBODY, creates = creates, give_up_after = 0 })
  end
  local account = new_account(guest)
  local form = { json = account, headers = NOBODY, creates = created(account) }
  local res = forms.submit(http.post, path, form)
  if not res.ok then return nil, "registration failed: " .. (res.error or res.status) end
  if random.mistake "invalid_fields" then -- the form is submitted twice
    http.post(path, { json = account, headers = NOBODY, expect = 409 })
  end
  account.id = res:json "/id"
  account.guest = guest
  return account
end

-- Logs in, sometimes with a wrong password first; false and the reason when it failed. A
-- login that failed because of the network or the service is retried.
function accounts.login(account)
  if random.mistake "wrong_password" then
    auth.login({ email = account.email, password = new_password() }, { expect = 401 })
    think(0.5, 2)
  end
  local res
  for _ = 1, 3 do
    res = auth.login(account)
    if res.ok then return true end
    think(1, 2)
  end
  return false, "login failed: " .. (res.error or res.status)
end

-- An invalid token of this account: the one that its last logout revoked.
local function dead_token(account)
  if not account.dead_token then
    local token = auth.token()
    local res = auth.logout()
    if res and res.ok then account.dead_token = token end
    accounts.login(account)
  end
  return account.dead_token
end

-- Requests the own account, as pages do when they open; sometimes first with an expired
-- token.
function accounts.who_am_i(account)
  if random.mistake "expired_token" then
    local token = dead_token(account)
    if token then http.get(ME, { headers = bearer(token), expect = 401 }) end
  end
  if random.mistake "garbage_token" then
    http.get(ME, { headers = bearer(random.string(40)), expect = 401 })
  end
  return api.get(ME)
end

-- Refreshes the token early; if that fails, logs in again.
function accounts.refresh(account)
  if random.mistake "garbage_token" then
    local form = { refresh_token = random.string(40) }
    http.post("/api/v1/auth/refresh", { json = form, headers = NOBODY, expect = 401 })
  end
  if not auth.refresh() then accounts.login(account) end
end

-- Changes the own password, sometimes with a weak one first, or with a wrong old one.
function accounts.change_password(account)
  local path <const> = "/api/v1/users/{id}/change-password"
  local params = { id = account.id }
  think(1, 3)
  if random.mistake "invalid_fields" then
    local weak = { oldPassword = account.password, newPassword = "weak" }
    local wrong = { oldPassword = new_password(), newPassword = new_password() }
    if random.chance(0.5) then
      http.put(path, { params = params, json = weak, expect = 422 })
    else
      http.put(path, { params = params, json = wrong, expect = 400 })
    end
  end
  local password = new_password()
  local form = { oldPassword = account.password, newPassword = password }
  if api.put(path, { params = params, json = form }).ok then account.password = password end
end

-- The end of a session: guests close their account, which revokes their tokens; others log out.
function accounts.leave(account)
  if not auth.token() then return end
  if account.guest then
    http.delete("/api/v1/users/{id}", { params = { id = account.id } })
    auth.clear()
  else
    auth.logout()
  end
end

return accounts

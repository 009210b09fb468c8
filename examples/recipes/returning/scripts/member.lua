-- scripts/member.lua: people who sign up at their first visit and come back later with the account
-- that they have. What is in `user.memory` stays with a person; `user.state` is for one session.

require "login"

local ADMIN <const> = {
  email = vars.admin_email or "admin@example.com",
  password = vars.admin_password or "Admin-1234-local",
}

local function sign_up()
  local account = { email = random.email(), password = "Secret-1234", username = random.username() }
  local res = http.post("/api/v1/users", {
    json = {
      email = account.email,
      password = account.password,
      username = account.username,
      name = random.name(),
    },
    creates = {
      kind = "user",
      id = "/id",
      delete = { path = "/api/v1/users/{id}" },
      find = {
        path = "/api/v1/users/email/{email}",
        params = { email = account.email },
        id = "/id",
      },
      as = ADMIN,
    },
  })
  return res.ok and account or nil
end

local function who_am_i(user)
  local res = http.get "/api/v1/auth/me"
  metrics.check(
    "a person keeps the account",
    res.ok and res:json().email == user.memory.account.email
  )
end

local function look_around()
  http.get("/api/v1/users", { query = { page = random.int(1, 3), limit = 10 } })
end

return {
  requests = { 6, 12 },
  think = { 1, 5 },
  away = { 1800, 7200 },
  returns = 0.8,

  on_start = function(user)
    metrics.check(
      "only a first visit has no account",
      (user.memory.account == nil) == (user.visits == 1)
    )
    user.memory.account = user.memory.account or sign_up()
    if not user.memory.account then return false, "no account" end
    if not auth.login(user.memory.account).ok then return false, "no login" end
  end,

  steps = { { 1, who_am_i }, { 3, look_around } },
  on_stop = function() auth.logout() end,
}

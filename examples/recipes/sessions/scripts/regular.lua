-- scripts/regular.lua: a visitor with cookies. Consent and currency are chosen once, and kept from
-- visit to visit; a basket is kept for one visit only.

local function cookie_of(res, name) return res.ok and res:json().cookies[name] end

-- Sets a cookie as a script of the page would: no response brings it.
local function consent()
  if not http.cookies.get "consent" then
    http.cookies.set("consent", random.pick { "all", "needed" }, { max_age = 86400 })
  end
end

local function look()
  local res = http.get("/cookies")
  metrics.check(
    "the target sees the consent",
    cookie_of(res, "consent") == http.cookies.get "consent"
  )
end

-- The redirect sets the cookie, and the page it leads to shows it already.
local function choose_currency()
  if http.cookies.get "currency" then return look() end
  local currency = random.pick { "EUR", "USD", "BRL" }
  local res = http.get("/cookies/set", { query = { currency = currency } })
  metrics.check("the target knows the currency", cookie_of(res, "currency") == currency)
end

local function fill_basket()
  local item = random.int(1, 9)
  http.get("/cookies/set/{name}/{value}", { params = { name = "basket", value = item } })
end

return {
  requests = { 6, 12 },
  think = { 1, 5 },
  away = { 60, 600 },
  returns = 0.7,
  keep_cookies = true,

  on_start = function(user)
    local known = http.cookies.get "consent" ~= nil
    metrics.check("who comes back has the cookies", known == (user.visits > 1))
    consent()
  end,

  steps = { { 4, look }, { 2, choose_currency }, { 2, fill_basket } },

  on_stop = function() http.get("/cookies/delete", { query = { basket = "" } }) end,
}

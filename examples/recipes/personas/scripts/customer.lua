-- scripts/customer.lua: customers from three countries, most of them on a phone. Browser, language,
-- time zone and client address fit together, and so do the name and the address that they type.

local personas = (require "personas").new {
  countries = { BR = 0.6, DE = 0.25, US = 0.15 },
  devices = { phone = 0.8, desktop = 0.2 },
  country_header = "CF-IPCountry",
}

local function read(user)
  local me = personas.of(user)
  local res = http.get("/headers", { tags = { device = me.device, country = me.country } })
  local seen = res.ok and res:json().headers or {}
  metrics.check("the country arrived", seen["Cf-Ipcountry"] == me.country)
end

local function order(user)
  local me = personas.of(user)
  local address = random.address(me.locale)
  local res = http.post("/anything/orders", {
    json = {
      name = random.name(me.locale),
      address = address.line,
      country = me.country,
      item = random.product(me.locale),
      at = { zone = me.time_zone, utc = time.iso() },
    },
  })
  metrics.check("the order is in the customer's country", res.ok and address.country == me.country)
end

return {
  requests = { 3, 8 },
  think = { 2, 8 },
  headers = personas.headers,
  away = { 600, 3600 },
  returns = 0.5, -- who comes back has the same device and country
  steps = { { 5, read }, { 1, order } },
}

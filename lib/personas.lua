-- personas: who the users are. Device, system, browser, country, language, time zone and client
-- address, drawn from tables of shares so that they fit together: an iPhone has Safari or Chrome
-- for iOS, and who is in Brazil reads Portuguese.
--
--   local personas = require "personas"
--   return { headers = personas.headers, ... }
--
--   -- With shares of your own, and the country in the header of your CDN:
--   local ours = personas.new {
--     countries = { BR = 0.8, PT = 0.2 },
--     devices = { phone = 0.9, desktop = 0.1 },
--     country_header = "CF-IPCountry",
--   }
--   return { headers = ours.headers, on_start = function(user) ours.of(user).country ... end }
--
-- The addresses are those reserved for documentation (RFC 5737, RFC 3849): nobody has one.

local persona_headers = require "persona_headers"

local personas = {}

-- The shares below are round figures of the world's web traffic in 2025 (gs.statcounter.com);
-- replace what differs for your users. Shares are relative: they need not add up to 1.
local DEVICES <const> = { phone = 58, desktop = 40, tablet = 2 }

local SYSTEMS <const> = {
  phone = { Android = 72, iOS = 28 },
  tablet = { iPadOS = 53, Android = 47 },
  desktop = { Windows = 74, macOS = 16, Linux = 6, ChromeOS = 4 },
}

local BROWSERS <const> = {
  Android = { Chrome = 88, ["Samsung Internet"] = 8, Firefox = 4 },
  iOS = { Safari = 92, Chrome = 8 },
  iPadOS = { Safari = 92, Chrome = 8 },
  Windows = { Chrome = 75, Edge = 17, Firefox = 8 },
  macOS = { Chrome = 52, Safari = 41, Firefox = 7 },
  Linux = { Chrome = 66, Firefox = 34 },
  ChromeOS = { Chrome = 100 },
}

-- A country has a share, its languages (BCP 47) and its time zones (IANA), each with its share.
local COUNTRIES <const> = {
  US = {
    share = 28,
    languages = { ["en-US"] = 90, ["es-US"] = 10 },
    zones = {
      ["America/New_York"] = 48,
      ["America/Chicago"] = 29,
      ["America/Denver"] = 7,
      ["America/Los_Angeles"] = 16,
    },
  },
  IN = {
    share = 16,
    languages = { ["en-IN"] = 70, ["hi-IN"] = 30 },
    zones = { ["Asia/Kolkata"] = 1 },
  },
  BR = {
    share = 9,
    languages = { ["pt-BR"] = 1 },
    zones = { ["America/Sao_Paulo"] = 93, ["America/Manaus"] = 7 },
  },
  JP = { share = 8, languages = { ["ja-JP"] = 1 }, zones = { ["Asia/Tokyo"] = 1 } },
  DE = { share = 7, languages = { ["de-DE"] = 1 }, zones = { ["Europe/Berlin"] = 1 } },
  GB = { share = 7, languages = { ["en-GB"] = 1 }, zones = { ["Europe/London"] = 1 } },
  FR = { share = 6, languages = { ["fr-FR"] = 1 }, zones = { ["Europe/Paris"] = 1 } },
  MX = { share = 5, languages = { ["es-MX"] = 1 }, zones = { ["America/Mexico_City"] = 1 } },
  IT = { share = 4, languages = { ["it-IT"] = 1 }, zones = { ["Europe/Rome"] = 1 } },
  ES = {
    share = 4,
    languages = { ["es-ES"] = 85, ["ca-ES"] = 15 },
    zones = { ["Europe/Madrid"] = 1 },
  },
  CA = {
    share = 3,
    languages = { ["en-CA"] = 78, ["fr-CA"] = 22 },
    zones = { ["America/Toronto"] = 65, ["America/Vancouver"] = 35 },
  },
  NL = { share = 2, languages = { ["nl-NL"] = 1 }, zones = { ["Europe/Amsterdam"] = 1 } },
  PT = { share = 1, languages = { ["pt-PT"] = 1 }, zones = { ["Europe/Lisbon"] = 1 } },
}

-- Of the client addresses; the rest are IPv4.
local IPV6_SHARE <const> = 0.4
local IPV4_NETS <const> = { "192.0.2.", "198.51.100.", "203.0.113." }

local function client_address()
  if random.chance(IPV6_SHARE) then
    return ("2001:db8:%x:%x::%x"):format(
      random.int(0, 0xffff),
      random.int(0, 0xffff),
      random.int(1, 0xffff)
    )
  end
  return random.pick(IPV4_NETS) .. random.int(1, 254)
end

local function names_of(list)
  local names = {}
  for name in pairs(list) do
    names[#names + 1] = name
  end
  table.sort(names)
  return table.concat(names, ", ")
end

-- personas.new raises it where its caller stands.
local function wrong(words, ...) error(words:format(...), 0) end

-- A value as a message shows it.
local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "table" or type(value) == "function" then return "a " .. type(value) end
  return tostring(value)
end

-- The entry of a table as a script writes it: countries.BR, countries["419"].
local function entry(what, key)
  if type(key) == "string" and key:match "^[%a_][%w_]*$" then return what .. "." .. key end
  return what .. "[" .. shown(key) .. "]"
end

local function check_table(what, value, takes)
  if type(value) == "table" then return end
  wrong("%s is %s; it takes a table of %s", what, shown(value), takes)
end

local function check_share(what, share)
  if type(share) == "number" and share >= 0 and share < math.huge then return end
  wrong("%s is %s; a share is a number from 0 up, such as 1", what, shown(share))
end

local function check_shares(what, shares, known)
  check_table(what, shares, "names and shares, such as { name = 1 }")
  local sum = 0
  for name, share in pairs(shares) do
    if type(name) ~= "string" then
      wrong('%s has a name that is %s; write it as text, such as ["419"] = 1', what, shown(name))
    end
    if known and known[name] == nil then
      wrong("%s has no '%s'; there are: %s", what, name, names_of(known))
    end
    check_share(entry(what, name), share)
    sum = sum + share
  end
  if sum <= 0 then
    wrong("the shares of %s add up to 0; give one of them a number above 0", what)
  end
  return shares
end

local function check_languages(what, languages)
  for tag in pairs(check_shares(what, languages)) do
    if not tag:match "^%w[%w-]*$" then
      local place = entry(what, tag)
      wrong("%s is no language; a tag has letters, digits and hyphens, such as es-419", place)
    end
  end
end

-- The tables of a key with those of the caller in their place, each checked.
local function replaced(what, ours, theirs)
  local all = {}
  for name, shares in pairs(ours) do
    all[name] = shares
  end
  if theirs ~= nil then check_table(what, theirs, "tables of shares") end
  for name, shares in pairs(theirs or {}) do
    if ours[name] == nil then
      wrong("%s has no '%s'; there are: %s", what, tostring(name), names_of(ours))
    end
    all[name] = check_shares(entry(what, name), shares, ours[name])
  end
  return all
end

-- Countries: a share for one that is known, or the whole for any.
---@return table<string, number> shares
---@return table<string, { languages: table<string, number>, zones: table<string, number> }> all
local function countries_of(theirs)
  if theirs == nil then theirs = COUNTRIES end
  check_table("countries", theirs, "countries and shares, such as { BR = 1 }")
  local shares, all = {}, {}
  for code, country in pairs(theirs) do
    local place = entry("countries", code)
    if type(country) == "number" then
      local known = COUNTRIES[code]
      if type(code) == "string" and not known then
        wrong(
          "%s is none of the known countries (%s); give share, languages and zones of another",
          place,
          names_of(COUNTRIES)
        )
      end
      country = { share = country }
      if known then
        country.languages, country.zones = known.languages, known.zones
      end
    elseif type(country) == "table" then
      check_share(place .. ".share", country.share)
      check_languages(place .. ".languages", country.languages)
      check_shares(place .. ".zones", country.zones)
    else
      local is = shown(country)
      wrong("%s is %s; it takes a share, or a table with share, languages and zones", place, is)
    end
    shares[code], all[code] = country.share, country
  end
  check_shares("countries", shares)
  return shares, all
end

---@type table<string, boolean>
local KEYS <const> =
  { devices = true, systems = true, browsers = true, countries = true, country_header = true }

---@param tables table<string, any>
local function make(tables)
  if type(tables) ~= "table" then wrong "a table of tables was expected" end
  for key in pairs(tables) do
    if not KEYS[key] then
      wrong("there is no '%s'; there are: %s", tostring(key), names_of(KEYS))
    end
  end
  local devices = check_shares("devices", tables.devices or DEVICES, DEVICES)
  local systems = replaced("systems", SYSTEMS, tables.systems)
  local browsers = replaced("browsers", BROWSERS, tables.browsers)
  local shares, countries = countries_of(tables.countries)
  local country_header = tables.country_header
  if country_header ~= nil and type(country_header) ~= "string" then
    wrong("country_header is %s; it takes the name of a header", shown(country_header))
  end
  -- A token of RFC 9110.
  if country_header and not country_header:match "^[%w!#$%%&'*+.^_`|~-]+$" then
    local is = shown(country_header)
    wrong("country_header is %s; a name has letters, digits and hyphens, and no blanks", is)
  end

  local source = {}

  -- Draws a persona: device, system, browser, country, language, locale, time_zone, address,
  -- and the headers that tell of it.
  function source.draw()
    local persona = {}
    persona.device = random.weighted(devices)
    persona.system = random.weighted(systems[persona.device])
    persona.browser = random.weighted(browsers[persona.system])
    persona.country = random.weighted(shares)
    local country = countries[persona.country]
    persona.language = random.weighted(country.languages)
    persona.locale = persona.language:gsub("-", "_")
    persona.time_zone = random.weighted(country.zones)
    persona.address = client_address()
    local headers = persona_headers.of(persona)
    headers["X-Forwarded-For"] = persona.address
    if country_header then headers[country_header] = persona.country end
    persona.headers = headers
    return persona
  end

  -- The persona of a user: drawn once, and kept over the sessions of the same person.
  function source.of(user)
    local memory = user.memory
    memory.persona = memory.persona or source.draw()
    return memory.persona
  end

  -- For the key `headers` of a user type.
  function source.headers(user) return source.of(user).headers end

  return source
end

-- Personas of tables of your own: `devices`, `systems`, `browsers`, `countries` in place of the
-- tables above (of `systems` and `browsers` only those rows that are given), and `country_header`,
-- the name of a header with the code of the country.
function personas.new(tables)
  local ok, made = pcall(make, tables or {})
  if ok then return made end
  error(type(made) == "string" and "personas.new: " .. made or made, 2)
end

local world <const> = make {}
personas.draw, personas.of, personas.headers = world.draw, world.of, world.headers

return personas

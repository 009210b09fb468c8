-- profiles: profiles of accounts. account.profile says whether an account has one.

local accounts = require "accounts"
local api = require "api"
local forms = require "forms"

local profiles = {}

local PROFILE <const> = "/api/v1/users/{userId}/profile"
local LANGUAGES <const> = { "de", "en", "es", "fr", "it", "pt-BR" }
local TIMEZONES <const> = { "Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC" }

-- Declares how a clean-up finds and deletes the profile: before its user, on which it depends.
local function created()
  return {
    kind = "profile",
    needs = { "user" },
    delete = { method = "DELETE", path = PROFILE },
    find = { path = PROFILE, id = "/user_id" },
    as = accounts.administrator(),
  }
end

local function new_form()
  return {
    bio = random.sentence(),
    website = "https://example.com/" .. random.string(8),
    location = random.pick { "Berlin", "Lisbon", "Osaka", "Recife", "Tunis" },
    company = random.pick { "Acme", "Globex", "Initech" },
    birth_date = random.date("1950-01-01", "2005-12-31"),
    timezone = random.pick(TIMEZONES),
    language = random.pick(LANGUAGES),
    is_public = random.chance(0.8),
  }
end

-- Creates the profile of an account.
function profiles.create(account)
  local params = { userId = account.id }
  local form = { params = params, json = new_form(), creates = created() }
  local res = forms.submit(api.post, PROFILE, form)
  account.profile = res.ok
  if res.ok and random.mistake "invalid_fields" then -- a second one is refused
    api.post(PROFILE, { params = params, json = new_form(), expect = 409 })
  end
  return res
end

-- Reads the profile of an account, if it has one.
function profiles.read(account)
  if random.mistake "not_found" then
    api.get(PROFILE, { params = { userId = random.uuid() }, expect = 404 })
  end
  if not account.profile then return profiles.create(account) end
  return api.get(PROFILE, { params = { userId = account.id } })
end

function profiles.edit(account)
  if not account.profile then return profiles.create(account) end
  local form = { bio = random.sentence(), language = random.pick(LANGUAGES) }
  return forms.submit(api.put, PROFILE, { params = { userId = account.id }, json = form })
end

function profiles.delete(account)
  if not account.profile then return end
  local res = api.delete(PROFILE, { params = { userId = account.id } })
  account.profile = false
  return res
end

return profiles

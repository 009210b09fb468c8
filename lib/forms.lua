-- forms: bodies that users type, with think time and sometimes with mistakes.

local api = require "api"

local forms = {}

-- Invalid values that a service should reject.
local BLUNDERS <const> = {
  { "username", "x" },
  { "email", "nobody at nowhere" },
  { "phone_number", "call me" },
  { "document_number", "?" },
  { "website", "my home page" },
  { "birth_date", "yesterday" },
  { "language", "the usual one" },
  { "display_name", "" },
  { "resource", "all of it!" },
  { "newPassword", "" },
  { "roleIds", json.array {} },
}

-- The form with one invalid field.
local function spoilt(form)
  local fitting = {}
  for _, blunder in ipairs(BLUNDERS) do
    if form[blunder[1]] ~= nil then fitting[#fitting + 1] = blunder end
  end
  local blunder = random.pick(fitting)
  return api.with(form, { [blunder[1]] = blunder[2] })
end

-- Sends opts.json with `send` (http.post, api.put, ...). A rejected form is corrected and sent
-- again.
function forms.submit(send, path, opts)
  think(1, 3)
  if random.mistake "invalid_fields" then
    send(path, api.with(opts, { json = spoilt(opts.json), expect = 400, creates = false }))
    think(0.5, 2)
  end
  return send(path, opts)
end

return forms

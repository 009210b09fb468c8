-- Looks at the start page, and now and then comes back to it. Save this file while it runs: users go on with the new
-- version. `throng api` describes everything that a script can call.
local site = require "site" -- lib/site.lua

---@param user User
local function look(user)
  local res = site.open "/"
  metrics.check("the start page arrives", res.ok)
  user.state.looks = (user.state.looks or 0) + 1
end

local function come_back()
  site.open "/"
  think(1, 3)
  site.open "/"
end

return {
  weight = 1, -- share of the users, relative to other types
  requests = { 3, 10 }, -- per session
  think = { 0.5, 2 }, -- seconds between steps

  steps = { -- one is drawn by weight each time
    { 80, look, name = "look" },
    { 20, come_back, name = "come back" },
  },
}

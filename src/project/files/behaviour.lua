-- NAME: say here who these users are. `throng api` describes everything that a script can call.

---@param user User
local function read(user)
  local res = http.get("/", { name = "start page" })
  metrics.check("the start page arrives", res.ok)
  user.state.reads = (user.state.reads or 0) + 1
end

return {
  weight = 1, -- share of the users, relative to other types
  requests = { 5, 20 }, -- per session
  think = { 0.5, 2 }, -- seconds between steps

  steps = { -- one is drawn by weight each time
    { 100, read, name = "read" },
  },
}

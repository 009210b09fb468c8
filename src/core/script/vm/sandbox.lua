-- What the host changes in Lua's own library before a script sees it. Called once per VM with the host's hands.
local host = ...
local type, select, error, setmetatable = type, select, error, setmetatable
local tostring, getmetatable, pairs, next = tostring, getmetatable, pairs, next

getmetatable("").__metatable = "the metatable of strings is not available to scripts"

function print(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
  host.print(words)
end

for _, name in ipairs { "dofile", "loadfile", "load", "loadstring", "collectgarbage", "io", "os", "package", "debug" } do
  _G[name] = nil
end
string.dump = nil

-- What people look for, and what there is.
local INSTEAD <const> = host.instead

-- What a script puts into a table of the host, every user of its VM would have: it sees all of them read-only.
local function guard(name, real)
  return setmetatable(host.over(real), {
    __index = real,
    __newindex = function(_, key)
      error(name .. "." .. tostring(key) .. ": " .. name .. " is read-only; keep your own in a local", 2)
    end,
    __pairs = host.pairs,
    __call = host.calls[name],
    __metatable = name,
  })
end
for name, value in pairs(_G) do
  -- `vars` and `crowd` are read-only from the start.
  if type(value) == "table" and name ~= "_G" and name ~= "vars" and name ~= "crowd" then
    for key, inner in next, value do
      if type(inner) == "table" then value[key] = guard(name .. "." .. key, inner) end
    end
    _G[name] = guard(name, value)
  end
end

-- A forgotten `local` is shared by every user of the VM: refuse it.
local real, seen = _G, host.seen
real._G = seen
setmetatable(seen, {
  __newindex = function(_, name)
    error("assignment to the global '" .. tostring(name) .. "': write 'local " .. tostring(name)
      .. "', or keep it in user.state", 2)
  end,
  __index = function(_, name)
    local value = real[name]
    if value ~= nil then return value end
    if name == "crowd" then return nil end -- asked for as `if crowd then`: nil without a setup
    local instead = INSTEAD[name]
    if instead then error("'" .. name .. "' is not available to scripts; " .. instead, 2) end
    error("'" .. tostring(name) .. "' is not defined: neither a local, nor something that throng gives"
      .. host.meant(tostring(name), real), 2)
  end,
  __metatable = "the table of globals is not available to scripts",
})

-- What the host changes in Lua's own library before a script sees it. Called once per VM with the host's hands.
local host = ...
local type, select, error, setmetatable, rawget = type, select, error, setmetatable, rawget
local raw_pcall, raw_xpcall = pcall, xpcall
local STRING_CAP <const> = host.string_cap

-- Errors of the host reach a script as plain strings "file:line: message", like Lua's own.
local function finish(ok, e, ...)
  if not ok and type(e) == "userdata" then return ok, host.describe(e) end
  return ok, e, ...
end
function pcall(f, ...) return finish(raw_pcall(f, ...)) end
function xpcall(f, handler, ...)
  local function handle(e)
    if type(e) == "userdata" then e = host.describe(e) end
    return handler(e)
  end
  return raw_xpcall(f, handle, ...)
end

-- Waiting inside a coroutine that the script made, or inside a C function's callback, cannot work: say so at once.
local function leave(...)
  host.leave()
  return ...
end
local create, resume, yield, running = coroutine.create, coroutine.resume, coroutine.yield, coroutine.running
function coroutine.resume(co, ...)
  host.enter("a coroutine that the script made")
  return leave(finish(resume(co, ...)))
end
local function checked(ok, ...)
  if not ok then error((...), 0) end
  return ...
end
function coroutine.wrap(f)
  local co = create(f)
  return function(...) return checked(coroutine.resume(co, ...)) end
end
function coroutine.yield(...)
  if host.depth() == 0 then error("coroutine.yield: nothing to yield to; to wait use think(seconds)", 2) end
  return yield(...)
end

local sort = table.sort
function table.sort(t, less)
  if less == nil then return sort(t) end
  host.enter("the comparator of table.sort")
  return checked(leave(finish(raw_pcall(sort, t, less))))
end

-- One call must not be able to take all memory.
local rep, concat = string.rep, table.concat
function string.rep(s, n, sep)
  if type(n) == "number" and n > 0 and (#s + (sep and #sep or 0)) * n > STRING_CAP then
    error("string.rep: the result would be longer than " .. STRING_CAP .. " bytes", 2)
  end
  return rep(s, n, sep)
end
function table.concat(t, sep, i, j)
  local first, last = i or 1, j or #t
  local size = (last - first) * (sep and #sep or 0)
  for k = first, last do
    local v = t[k]
    if type(v) == "string" then size = size + #v end
    if size > STRING_CAP then
      error("table.concat: the result would be longer than " .. STRING_CAP .. " bytes", 2)
    end
  end
  return concat(t, sep, i, j)
end

-- Finalizers run where no user is and where nothing can wait.
local raw_setmetatable = setmetatable
function _G.setmetatable(t, meta)
  if type(meta) == "table" and (rawget(meta, "__gc") ~= nil or rawget(meta, "__close") ~= nil) then
    error("setmetatable: __gc and __close are not available to scripts", 2)
  end
  return raw_setmetatable(t, meta)
end
getmetatable("").__metatable = "the metatable of strings is not available to scripts"

function print(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
  host.print(concat(words, "\t"))
end

for _, name in ipairs { "dofile", "loadfile", "load", "loadstring", "collectgarbage", "io", "os", "package", "debug" } do
  _G[name] = nil
end
string.dump = nil

-- A forgotten `local` is shared by every user of the VM: refuse it.
raw_setmetatable(_G, {
  __newindex = function(_, name)
    error("assignment to the global '" .. tostring(name) .. "': write 'local " .. tostring(name)
      .. "', or keep it in user.state", 2)
  end,
  __index = function(_, name)
    error("'" .. tostring(name) .. "' is not defined: neither a local, nor something that throng gives", 2)
  end,
  __metatable = "the table of globals is not available to scripts",
})

-- What the host changes in Lua's own library before a script sees it. Called once per VM with the host's hands.
local host = ...
local type, select, error, setmetatable, rawget = type, select, error, setmetatable, rawget
local tostring, tonumber = tostring, tonumber
local raw_pcall, raw_xpcall = pcall, xpcall
local STRING_CAP <const> = host.string_cap

-- Errors of the host reach a script as plain strings "file:line: message", like Lua's own.
-- A script whose time is over goes down through every one of them.
local is_over, describe = host.is_over, host.describe
local function finish(ok, e, ...)
  if not ok then
    if type(e) == "userdata" then e = describe(e) end
    if is_over() then error(e, 0) end
  end
  return ok, e, ...
end
function pcall(f, ...) return finish(raw_pcall(f, ...)) end
function xpcall(f, handler, ...)
  local function handle(e)
    if type(e) == "userdata" then e = describe(e) end
    -- A handler that is over its time is called for that error, too: it would never end.
    if is_over() then return e end
    return handler(e)
  end
  return finish(raw_xpcall(f, handle, ...))
end

-- An error of Lua's own library, raised where the script called it; Lua does not know the name of what it was called by.
local substitute = string.gsub
local function past(name, ok, e, ...)
  if ok then return e, ... end
  if type(e) == "string" then e = substitute(e, "'%?'", "'" .. name .. "'", 1) end
  error(e, 2)
end

-- Waiting inside a coroutine that the script made, or inside a C function's callback, cannot work: say so at once.
local function leave(...)
  host.leave()
  if is_over() then error("the script's time is over", 0) end
  return ...
end
local create, resume, yield, running = coroutine.create, coroutine.resume, coroutine.yield, coroutine.running
function coroutine.resume(co, ...)
  if type(co) ~= "thread" then return past("resume", raw_pcall(resume, co)) end
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

local sort, sorted_at_once = table.sort, host.sorted_at_once
function table.sort(t, less)
  if less == nil and type(t) == "table" and rawlen(t) > sorted_at_once then
    error("table.sort: more than " .. sorted_at_once .. " items at once without a comparator", 2)
  end
  if type(t) ~= "table" or type(less) ~= "function" then return past("sort", raw_pcall(sort, t, less)) end
  host.enter("the comparator of table.sort")
  return checked(leave(finish(raw_pcall(sort, t, less))))
end

-- C functions that the host's clock cannot see into: where there is much to do they look at it first.
local LARGE <const>, in_time = host.large, host.in_time
for _, name in ipairs { "upper", "lower", "reverse", "sub", "byte", "len" } do
  local raw = string[name]
  string[name] = function(s, ...)
    if type(s) ~= "string" then return past(name, raw_pcall(raw, s, ...)) end
    if #s > LARGE then in_time() end
    return past(name, raw_pcall(raw, s, ...))
  end
end
local format = string.format
function string.format(pattern, ...)
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if type(v) == "string" and #v > LARGE then in_time() end
  end
  return past("format", raw_pcall(format, pattern, ...))
end
local pack = string.pack
function string.pack(pattern, ...)
  local size = 0
  if type(pattern) == "string" then
    for digits in string.gmatch(pattern, "%d+") do size = size + tonumber(digits) end
  end
  if size > STRING_CAP then error("string.pack: the result would be longer than " .. STRING_CAP .. " bytes", 2) end
  return past("pack", raw_pcall(pack, pattern, ...))
end

-- One call must not be able to take all memory.
local rep, concat = string.rep, table.concat
function string.rep(s, n, sep)
  local count = tonumber(n) or 0
  if count > 1 and (type(s) == "string" or type(s) == "number") then
    local size = #tostring(s) + (sep and #tostring(sep) or 0)
    if size == 0 then return "" end -- C would go round as often as it is told
    if size * (count + 0.0) > STRING_CAP then
      error("string.rep: the result would be longer than " .. STRING_CAP .. " bytes", 2)
    end
    if size * (count + 0.0) > LARGE then in_time() end
  end
  return past("rep", raw_pcall(rep, s, n, sep))
end
function table.concat(t, sep, i, j)
  if type(t) ~= "table" or (i and type(i) ~= "number") or (j and type(j) ~= "number") then
    return past("concat", raw_pcall(concat, t, sep, i, j))
  end
  local first, last = i or 1, j or #t
  local size = (last - first) * (sep and #tostring(sep) or 0)
  for k = first, last do
    local v = t[k]
    if type(v) == "string" then size = size + #v end
    if size > STRING_CAP then
      error("table.concat: the result would be longer than " .. STRING_CAP .. " bytes", 2)
    end
  end
  return past("concat", raw_pcall(concat, t, sep, i, j))
end

local move, moved_at_once = table.move, host.moved_at_once
function table.move(from, first, last, ...)
  if type(first) == "number" and type(last) == "number" and last - first >= moved_at_once then
    error("table.move: more than " .. moved_at_once .. " items at once", 2)
  end
  return past("move", raw_pcall(move, from, first, last, ...))
end

-- Finalizers run where no user is and where nothing can wait.
local raw_setmetatable = setmetatable
function _G.setmetatable(t, meta)
  if type(meta) == "table" and (rawget(meta, "__gc") ~= nil or rawget(meta, "__close") ~= nil) then
    error("setmetatable: __gc and __close are not available to scripts", 2)
  end
  return past("setmetatable", raw_pcall(raw_setmetatable, t, meta))
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

-- What people look for, and what there is.
local INSTEAD <const> = {
  os = "for times use time.now() and time.iso(), for settings vars",
  io = "for words use log, for rows of a file data",
  debug = "errors have a traceback of themselves",
  package = "require finds modules in the lib folder",
  load = "use require",
  loadfile = "use require",
  dofile = "use require",
  collectgarbage = "memory is limited and collected by itself",
}

-- What a script puts into a table of the host, every user of its VM would have: it sees all of them read-only.
local guarded = setmetatable({}, { __mode = "k" })
local raw_rawset = rawset
function rawset(t, k, v)
  local name = guarded[t]
  if name then error("rawset: " .. name .. " is read-only; keep your own in a local or in user.state", 2) end
  return past("rawset", raw_pcall(raw_rawset, t, k, v))
end
local function guard(name, real)
  local own = getmetatable(real)
  local seen = raw_setmetatable({}, {
    __index = real,
    __newindex = function(_, key)
      error(name .. "." .. tostring(key) .. ": " .. name .. " is read-only; keep your own in a local", 2)
    end,
    __pairs = function() return next, real, nil end,
    __metatable = own or name,
  })
  guarded[seen] = name
  return seen
end
for name, value in pairs(_G) do
  if name == "vars" or name == "crowd" then
    if type(value) == "table" then guarded[value] = name end
  elseif type(value) == "table" and name ~= "_G" then
    for key, inner in next, value do
      if type(inner) == "table" then value[key] = guard(name .. "." .. key, inner) end
    end
    _G[name] = guard(name, value)
  end
end

-- A forgotten `local` is shared by every user of the VM: refuse it.
local real = _G
local seen = {}
guarded[seen] = "the table of globals"
real._G = seen
return raw_setmetatable(seen, {
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
    error("'" .. tostring(name) .. "' is not defined: neither a local, nor something that throng gives", 2)
  end,
  __metatable = "the table of globals is not available to scripts",
})

-- What test files have beside the API: describe, it, before_each, after_each, expect. Called once for a file with the
-- host's hands; gives the functions by name, and one that runs a test.
local host = ...
local pcall, error, type, tostring, tonumber, pairs, ipairs, next =
  pcall, error, type, tostring, tonumber, pairs, ipairs, next
local setmetatable, math_type, select = setmetatable, math.type, select
local format, find, rep, sub = string.format, string.find, string.rep, string.sub
local concat, sort = table.concat, table.sort

local api = {}

-- Values as text: keys in order, strings in quotes.

local function plain(value)
  if type(value) == "string" then return format("%q", value):gsub("\\\n", "\\n") .. "" end
  return tostring(value)
end

local function keys_of(value)
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  sort(keys, function(one, other)
    if type(one) == type(other) and (type(one) == "number" or type(one) == "string") then
      return one < other
    end
    return type(one) < type(other) or type(one) == type(other) and tostring(one) < tostring(other)
  end)
  return keys
end

local function shown(value, depth)
  if type(value) ~= "table" then return plain(value) end
  depth = depth or 0
  if depth >= 4 then return "{ ... }" end
  local parts, length = {}, #value
  for i = 1, length do
    parts[i] = shown(value[i], depth + 1)
  end
  for _, key in ipairs(keys_of(value)) do
    local is_listed = math_type(key) == "integer" and key >= 1 and key <= length
    if #parts >= 20 then
      parts[#parts + 1] = "..."
      break
    end
    if not is_listed then
      local name = type(key) == "string" and find(key, "^[%a_][%w_]*$") and key
        or "[" .. plain(key) .. "]"
      parts[#parts + 1] = name .. " = " .. shown(value[key], depth + 1)
    end
  end
  return #parts == 0 and "{}" or "{ " .. concat(parts, ", ") .. " }"
end

-- Where two values differ, at most ten places.
local function differences(expected, found, path, list, seen)
  if #list >= 10 or expected == found then return list end
  if type(expected) ~= "table" or type(found) ~= "table" then
    list[#list + 1] = format("%s: expected %s, found %s", path, shown(expected), shown(found))
    return list
  end
  if seen[expected] == found then return list end
  seen[expected] = found
  local keys = {}
  for key in pairs(expected) do
    keys[key] = true
  end
  for key in pairs(found) do
    keys[key] = true
  end
  for _, key in ipairs(keys_of(keys)) do
    local step = type(key) == "string" and "." .. key or "[" .. tostring(key) .. "]"
    differences(expected[key], found[key], path .. step, list, seen)
  end
  return list
end

local function same(one, other) return #differences(one, other, "", {}, {}) == 0 end

local function contains(whole, part)
  if type(whole) == "string" then return find(whole, tostring(part), 1, true) ~= nil end
  if type(whole) ~= "table" then return false end
  for _, value in ipairs(whole) do
    if same(part, value) then return true end
  end
  if type(part) ~= "table" then return whole[part] ~= nil end
  if next(part) == nil then return true end
  for key, value in pairs(part) do
    if not same(value, whole[key]) then return false end
  end
  return true
end

-- Each matcher: whether it holds, and what was expected in words; more may say where it fails.
local matchers = {}

function matchers.to_be(found, expected) return found == expected, "to be " .. shown(expected) end

function matchers.to_equal(found, expected)
  local list = differences(expected, found, "value", {}, {})
  local more = (type(expected) == "table" or type(found) == "table")
      and #list > 0
      and concat(list, "\n")
    or nil
  return #list == 0, "to equal " .. shown(expected), more
end

function matchers.to_match(found, pattern)
  return type(found) == "string" and find(found, pattern) ~= nil,
    "to match the pattern " .. shown(pattern)
end

function matchers.to_contain(found, part) return contains(found, part), "to contain " .. shown(part) end

function matchers.to_have_length(found, length)
  local is_long = type(found) == "table" or type(found) == "string"
  return is_long and #found == length,
    format("to have length %s", tostring(length)),
    is_long and "length: " .. #found or nil
end

function matchers.to_be_truthy(found) return found and true or false, "to be neither nil nor false" end
function matchers.to_be_falsy(found) return not found, "to be nil or false" end
function matchers.to_be_nil(found) return found == nil, "to be nil" end
function matchers.to_be_a(found, kind) return type(found) == kind, "to be a " .. tostring(kind) end

local function compared(word, holds)
  return function(found, bound)
    local are_numbers = tonumber(found) and tonumber(bound) and type(found) == "number"
    return are_numbers and holds(found, bound) or false, word .. " " .. shown(bound)
  end
end

matchers.to_be_greater_than = compared(
  "to be greater than",
  function(one, other) return one > other end
)
matchers.to_be_less_than = compared("to be less than", function(one, other) return one < other end)
matchers.to_be_at_least = compared("to be at least", function(one, other) return one >= other end)
matchers.to_be_at_most = compared("to be at most", function(one, other) return one <= other end)

function matchers.to_be_close_to(found, expected, within)
  within = within or 0.01
  local is_close = type(found) == "number" and math.abs(found - expected) <= within
  return is_close, format("to be within %s of %s", tostring(within), tostring(expected))
end

function matchers.to_error(found, pattern)
  if type(found) ~= "function" then
    error("expect(...).to_error takes a function: expect(function() ... end)", 3)
  end
  local ok, why = pcall(found)
  local text = tostring(why)
  local expected = pattern and "to raise an error that matches " .. shown(pattern)
    or "to raise an error"
  if ok then return false, expected, "it returned" end
  return pattern == nil or find(text, pattern) ~= nil or find(text, pattern, 1, true) ~= nil,
    expected,
    "raised: " .. text
end

-- `never` is `not` of other tools, which is a word of Lua.
local function expectation(found, never)
  local self = {}
  local function method(name)
    local matcher = matchers[name]
    return function(first, ...)
      -- expect(x).to_be(1) and expect(x):to_be(1) are one.
      local holds, words, more
      if first == self then
        holds, words, more = matcher(found, ...)
      else
        holds, words, more = matcher(found, first, ...)
      end
      if holds ~= not never then
        local subject = type(found) == "function" and "the function" or shown(found)
        local text = format("expected %s %s%s", subject, never and "not " or "", words)
        if more then text = text .. "\n" .. more end
        error(text, 2)
      end
    end
  end
  return setmetatable(self, {
    __index = function(_, name)
      if name == "never" then return expectation(found, not never) end
      if matchers[name] then return method(name) end
      error(host.misspelt("expect(...)", tostring(name), keys_of(matchers)), 2)
    end,
  })
end

function api.expect(...)
  if select("#", ...) == 0 then error("expect: a value is missing", 2) end
  return expectation((...), false)
end

-- The tests of the file, in their order.

local top = { names = {}, before = {}, after = {} }
local group = top
local tests = {}
local is_running = false

local function at_load(name, level)
  if is_running then error(name .. ": belongs beside tests, not inside one", level + 1) end
end

function api.describe(name, body)
  at_load("describe", 2)
  if type(name) ~= "string" or type(body) ~= "function" then
    error('describe: write describe("what", function() ... end)', 2)
  end
  local outer = group
  group = { outer = outer, names = { table.unpack(outer.names) }, before = {}, after = {} }
  group.names[#group.names + 1] = name
  local ok, why = pcall(body)
  group = outer
  if not ok then error(why, 0) end
end

function api.it(name, body)
  at_load("it", 2)
  if type(name) ~= "string" or body ~= nil and type(body) ~= "function" then
    error('it: write it("does something", function() ... end)', 2)
  end
  local names = { table.unpack(group.names) }
  names[#names + 1] = name
  tests[#tests + 1] = { name = concat(names, " > "), body = body, group = group }
end

local function hook(name, list)
  api[name] = function(body)
    at_load(name, 2)
    if type(body) ~= "function" then error(name .. ": takes a function", 2) end
    list()[#list() + 1] = body
  end
end
hook("before_each", function() return group.before end)
hook("after_each", function() return group.after end)

-- Runs a test with what comes before and after it, the outer groups first and last.
local function run(test)
  local groups, at = {}, test.group
  while at do
    table.insert(groups, 1, at)
    at = at.outer
  end
  is_running = true
  local ok, why = pcall(function()
    for _, one in ipairs(groups) do
      for _, before in ipairs(one.before) do
        before()
      end
    end
    test.body()
  end)
  for i = #groups, 1, -1 do
    for _, after in ipairs(groups[i].after) do
      local fine, problem = pcall(after)
      if ok and not fine then
        ok, why = false, problem
      end
    end
  end
  is_running = false
  if not ok then error(why, 0) end
end

return api, tests, run

return select("#", pcall(function() end))

return select("#", pcall(function() return nil, nil end))

return select("#", ("hi"):byte(2, 1))

return ("hi"):byte(2, 1)

return select("#", table.unpack({}))

return select("#", xpcall(function() end, print))

return select("#", coroutine.resume(coroutine.create(function() end)))

return select("#", coroutine.wrap(function() end)())

return select("#", table.sort({ 2, 1 }))

return select("#", table.sort({ 2, 1 }, function(a, b) return a < b end))

return pcall(error)

return select("#", pcall(error))

return pcall(error, nil)

return pcall(error, "words")

return pcall(error, "words", 0)

return pcall(error, "words", 1)

return pcall(error, "words", 2)

return pcall(error, "words", 3)

return pcall(error, { code = 5 })

return pcall(error, 42)

return pcall(error, 1.5)

return pcall(error, true)

error("words")

error("words", 0)

error("words", 2)

error({ 1, 2 })

error()

error(nil)

error(12)

local function f() error("deep", 2) end
f()

local function f() error("deep", 2) end
local function g() f() end
g()

local function f() error("deep", 3) end
local function g() f() end
g()

return string.format("%d", 1.5)

return (string.format("%d", 1.5))

local function f(x) return string.format("%d", x) end
return f(1.5)

local function f(x) return string.format("%d", x) end
return pcall(f, 1.5)

return ("x"):rep({})

return ("x"):rep("y")

return string.rep()

return string.rep("x")

return string.rep("ab", 3, "-")

return string.rep("", 100)

return string.rep("", 100, "x")

return string.rep("x", -1), string.rep("x", 0), string.rep(7, 2), ("x"):rep("3")

return ("x"):rep(3.0), pcall(string.rep, "x", 3.5)

return table.concat({ 1, {} })

return table.concat({ 1, 2, 3 }, ", ", 2, 3)

return table.concat({}, "x"), table.concat({ "a" }, "x", 1, 0)

return table.concat({ 1, nil, 3 }, ",", 1, 3)

return table.concat(setmetatable({}, { __index = function(_, i) return i * 2 end, __len = function() return 3 end }), " ")

return table.concat({ 1, 2.5, "x" }, 5)

return table.concat({ "a" }, {})

return table.concat({ "a" }, ",", "x")

return table.concat({ "a" }, ",", 1.5)

local t = { 3, 1, 2 } table.sort(t) return t

local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return t

table.sort({ 1, {} })

table.sort({ 1, "x", 2 })

table.sort({ 3, 1, 2 }, function() error("in the comparator") end)

table.sort({ 3, 1, 2 }, function() error({ code = 1 }) end)

return pcall(table.sort, { 3, 1, 2 }, function() error({ code = 1 }, 0) end)

local t = {} for i = 1, 100 do t[i] = i % 7 end
return pcall(table.sort, t, function() return true end)

table.sort({ 1, 2 }, 5)

table.sort(5)

return table.move({ 1, 2, 3 }, 2, 3, 1)

return table.move({ 1, 2, 3 }, 1, 0, 1)

return pcall(table.move, { 1 }, 1, 2)

return table.move({ 1, 2 }, 1, 2, 1, {})

return pcall(table.move, setmetatable({}, { __newindex = function() error("no") end }), 1, 2, 3)

return setmetatable(5, {})

return setmetatable({}, 5)

return setmetatable({})

local t = setmetatable({}, { __metatable = "locked" })
return getmetatable(t), pcall(setmetatable, t, {})

return getmetatable(setmetatable({}, nil))

return rawset({}, "a", 1)

return pcall(rawset, {}, nil, 1)

return pcall(rawset, {}, 0 / 0, 1)

return pcall(rawset, 1, 2, 3)

return rawget({ a = 1 }, "a"), rawlen({ 1, 2 }), rawlen("abc"), pcall(rawlen, 5)

return next({}), next({ 5 }), pcall(next, {}, "gone"), pcall(next)

local t = {} for k, v in pairs({ 10, 20 }) do t[#t + 1] = k * v end return t

local t = setmetatable({}, { __pairs = function(t) return function(_, k) if not k then return 1, 2 end end, t, nil end })
local r = {} for k, v in pairs(t) do r[k] = v end return r

return pcall(pcall)

return pcall(xpcall)

return pcall(xpcall, print)

return pcall(xpcall, print, 5)

return pcall(pcall, error, "e")

return pcall(nil)

return pcall(5)

return pcall({})

return xpcall(nil, function(e) return "handled: " .. e end)

return xpcall(error, function(e) return e, "second" end, "e")

return xpcall(error, function(e) return { seen = e } end, { code = 6 })

return xpcall(error, function() end, "e")

return xpcall(function(...) return select("#", ...), ... end, print, 1, nil, nil)

return xpcall(function() local x = nil; return x.y end, function(e) return e:upper() end)

return xpcall(function() error("first") end, function() error("second") end)

return xpcall(error, function(e) if e == "a" then error("b", 0) end return e .. "!" end, "a")

return xpcall(function() return xpcall(error, function(e) return e .. 1 end, "x") end, function(e) return e .. 2 end)

return pcall(function() return pcall(error, "inner") end)

return pcall(function() local ok, e = pcall(error, { 1 }) error(e) end)

return assert(false)

return assert(nil, "words")

return assert(false, { 1 })

return assert(false, nil)

return assert(1, 2, 3)

return assert()

return pcall(assert, false, 5)

return select(2, "a", "b", "c"), select(-1, "a", "b", "c"), select("#")

return select(0)

return select(-5, 1)

return select("x")

return tostring(nil), tostring(1e15), tostring(2^53), tostring(-0.0), tostring(1e100), tostring(3.0), tostring("x")

return tostring(setmetatable({}, { __tostring = function() return "shown" end }))

return tostring(setmetatable({}, { __tostring = function() return 5 end }))

return tostring(setmetatable({}, { __tostring = function() error({ 7 }) end }))

return tostring(setmetatable({}, { __name = "kind" })):match("^kind: ")

return tonumber("0x10"), tonumber("1e2"), tonumber(" 5 "), tonumber("5x"), tonumber("z", 36), tonumber("8", 8), tonumber("")

return tonumber("10", 99)

return tonumber(5, 10)

return tonumber("1", 1.5)

return tonumber()

return 7 // 2, -7 // 2, 7 // -2, 7.0 // 2, 7 % -3, -7 % 3, 7.5 % 2, 1 // 0.0, -1 // 0.0

return 1 // 0

return 1 % 0

return 5 % math.huge, -5 % math.huge

return 1 << 63, 1 << 64, -1 >> 1, ~0, 5 & 3.0, 7 | "8"

return 1 & 1.5

return "a" & 1

return 1 | {}

return "10" + 5, "3" * "4", 10 .. 20, "0x10" + 0, "1e1" + 0, -"2"

return "abc" + 1

return {} + 1

return {} .. "x"

return nil .. "x"

local t = {} return t.x.y

local t = {} return t.x()

local t = {} t.x.y = 1

local s = "x" return s.y.z

return ("x")()

local function f() return nil end return f().x

return #5

return -{}

return 1 < "2"

return {} < {}

return nil > 1

return { 1 } == { 1 }, "1" == 1, 1 == 1.0, 0 / 0 == 0 / 0

return math.maxinteger + 1 == math.mininteger, math.maxinteger * 2.0, math.mininteger // -1

return math.maxinteger < math.huge, math.mininteger <= -2^63, 2^53 == 2^53 + 1

return 1e308 * 10, -1e308 * 10, 2^1024, math.pi

return math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger(2^63)

return math.floor(-3.5), math.ceil(-3.5), math.floor(1e300), math.fmod(-7, 3), math.fmod(7, -3)

return math.fmod(1, 0)

return math.fmod(1, 0.0)

return math.max(1, 2.5), math.min(3, 1), math.max()

return math.abs(math.mininteger), math.ult(1, -1), math.type(1), math.type(1.0), math.type("1")

return math.floor({})

return string.format("%5d|%-5d|%05d|%+d|%x|%X|%o|%c|%e|%g|%a", 42, 42, 42, 42, 255, 255, 8, 65, 1.5, 1e20, 1.0)

return string.format("%s %s %s", nil, true, {}) == nil

return string.format("%q", "a\n\0\"\\\r1"), string.format("%q", 1 / 3), string.format("%q", math.mininteger)

return string.format("%q", {})

return string.format("%10.3s|", "abcdef"), string.format("%%"), string.format("%i", 3.0), string.format("%5s", "x")

return string.format("%d")

return string.format("%d", "x")

return string.format("%y", 1)

return string.format("%")

return string.format("%0100d", 1)

return string.format("%.123d", 1)

return string.format("%s", setmetatable({}, { __tostring = function() return "meta" end }))

return string.format("%s", setmetatable({}, { __tostring = function() return {} end }))

return string.format("%s", setmetatable({}, { __tostring = function() error("inside", 0) end }))

return string.format({})

return string.format()

return ("hello"):sub(2), ("hello"):sub(-3, -2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(2, 100)

return ("hello"):sub()

return ("hello"):sub("x")

return ("hello"):sub(1.5)

return ("hello"):sub("2", 3.0)

return string.sub()

return ("hello"):byte(1, -1)

return ("hello"):byte(10)

return ("x"):upper(1), ("ABC"):lower(), ("abc"):reverse(), ("abc"):len()

return string.upper()

return string.upper({})

return string.char(72, 105), string.char(), pcall(string.char, 256), pcall(string.char, -1)

return ("x"):nope()

return string.nope

return string.pack("i4", 100), string.pack(">I2", 1), string.packsize("i4i8"), string.unpack("<i2", "\1\0")

return string.pack("i17", 1)

return string.pack("z", "a\0b")

return string.pack("i4")

return string.pack("i4", "x")

return string.pack({})

return string.pack("q", 1)

return string.unpack("i4", "abc")

return string.unpack("z", "abc")

return string.unpack("i4", "abcd", 10)

return string.unpack("s1", "\5ab")

return utf8.char(228, 8364, 128512), utf8.len("äöü"), utf8.len("\xff"), utf8.codepoint("aé", 1, -1)

return utf8.codepoint("\xff")

return utf8.offset("aéb", 3), utf8.offset("a", 5), pcall(utf8.offset, "é", 1, 2)

local t = {} for p, c in utf8.codes("aé") do t[#t + 1] = p .. ":" .. c end return t

for _ in utf8.codes("a\xff") do end

return utf8.char(-1)

return utf8.len({})

return ("hello world"):find("o w"), ("hello"):find("l+"), ("hello"):find("(l)(l)"), ("a.b"):find(".", 1, true), ("x"):find("y")

return ("hello"):find("", 10), ("hello"):find("", 6), ("hello"):find("h", -100), ("hello"):find("")

return ("key = value"):match("(%w+)%s*=%s*(%w+)"), ("2026-11-29"):match("(%d+)-(%d+)-(%d+)"), ("x"):match("()")

return ("x"):match("y")

return ("hello"):find({})

return ("hello"):find()

return string.find()

return ("hello"):find("l", "x")

return ("hello"):find("[")

return ("hello"):find("%")

return ("hello"):find("(")

return ("hello"):match("%1")

return ("hello"):match(")")

return ("hello"):match("%b")

return ("hello"):match("%f")

return pcall(string.find, "a", "[")

return pcall(string.match, "a", "(()")

local t = {} for w in ("one two  three"):gmatch("%a+") do t[#t + 1] = w end return t

local t = {} for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do t[k] = v end return t

local t = {} for a in ("abc"):gmatch("") do t[#t + 1] = a end return #t

local t = {} for a in ("hello"):gmatch("l", 4) do t[#t + 1] = a end return t

local next_one = ("ab"):gmatch(".") return next_one(), next_one(), next_one(), next_one()

for _ in ("x"):gmatch("[") do end

for _ in ("x"):gmatch("(") do end

return ("x"):gmatch()

return ("x"):gmatch({})

return ("hello"):gsub("l", "L"), ("hello"):gsub("l", "L", 1), ("hello"):gsub("", "-"), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("b", "%%")

return ("hello"):gsub("l", { l = "1" }), ("hello"):gsub("(h)(e)", function(a, b) return b .. a end), ("abc"):gsub("b", false)

return ("hello"):gsub("l", function() return nil end), ("hello"):gsub("l", function() return false end), ("hello"):gsub("l", function() end)

return ("hello"):gsub("l", 5), ("hello"):gsub("l", function() return 2.5 end)

return ("hello"):gsub("l", function() return {} end)

return ("hello"):gsub("l", function() return true end)

return ("hello"):gsub("l", { l = {} })

return ("hello"):gsub("l", "%2")

return ("hello"):gsub("l", "%x")

return ("hello"):gsub("l", "%")

return ("hello"):gsub("l")

return ("hello"):gsub()

return ("hello"):gsub("l", "x", "y")

return ("hello"):gsub("l", "x", {})

return ("hello"):gsub("[", "x")

return string.gsub()

return pcall(string.gsub, "a", "a", true)

return ("hello"):gsub("l", function() error("inside") end)

return ("hello"):gsub("l", function() error("inside", 0) end)

return ("hello"):gsub("l", function() error("inside", 2) end)

return ("hello"):gsub("l", function() error({ code = 7 }) end)

return pcall(string.gsub, "hello", "l", function() error({ code = 7 }) end)

return pcall(string.gsub, "hello", "l", function() error() end)

return ("hello"):gsub("l", function() local x = nil; return x.y end)

return ("hello"):gsub("l", setmetatable({}, { __index = function(_, k) return k:upper() end }))

return ("hello"):gsub("l", setmetatable({}, { __index = function() error({ deep = true }) end }))

return ("hello"):gsub("l", function(c) return (c:gsub("l", function() error({ nested = 1 }) end)) end)

local ok, e = pcall(function() return ("x"):gsub("x", function() return ("y"):rep({}) end) end) return ok, e

local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
return coroutine.resume(co, 1), coroutine.status(co), coroutine.resume(co, 5)

local co = coroutine.create(function() error("inside") end)
return coroutine.resume(co)

local co = coroutine.create(function() error({ code = 9 }) end)
return coroutine.resume(co)

local co = coroutine.create(function() return ("x"):rep({}) end)
return coroutine.resume(co)

local co = coroutine.create(function() end) coroutine.resume(co)
return coroutine.resume(co)

return coroutine.resume(coroutine.running())

return coroutine.wrap(function() error("inside") end)()

return pcall(coroutine.wrap(function() error("inside") end))

return pcall(coroutine.wrap(function() error({ 1 }) end))

return pcall(coroutine.wrap(function() error() end))

local f = coroutine.wrap(function() end) f() f()

local f = coroutine.wrap(function() end) f()
return pcall(f)

local f = coroutine.wrap(function(...) local a = { ... } while true do a = { coroutine.yield(#a, table.unpack(a)) } end end)
return f(1, 2), f(), f(nil, nil)

local f f = coroutine.wrap(function() return f() end)
return pcall(f)

local co co = coroutine.create(function() return coroutine.resume(co) end)
return coroutine.resume(co)

local co co = coroutine.create(function() return coroutine.close(co) end)
return coroutine.resume(co)

local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co)
return coroutine.close(co), coroutine.status(co), coroutine.resume(co)

return coroutine.close(coroutine.create(print))

local co = coroutine.create(function() error("e") end) coroutine.resume(co)
return coroutine.close(co)

local co = coroutine.create(function() local ok, e = pcall(function() coroutine.yield(1) error("after") end) return ok, e end)
return coroutine.resume(co), coroutine.resume(co)

local co = coroutine.create(function() return xpcall(function() return coroutine.yield(1) end, print) end)
return coroutine.resume(co), coroutine.resume(co, "a", "b")

local co = coroutine.create(function() table.sort({ 1, 2 }, function() coroutine.yield() end) end)
return coroutine.resume(co)

local co = coroutine.create(function() ("x"):gsub("x", function() coroutine.yield() end) end)
return (coroutine.resume(co))

return coroutine.isyieldable(), select(2, coroutine.running()), coroutine.status(coroutine.create(print))

return coroutine.create(5)

return coroutine.wrap()

return coroutine.resume()

return coroutine.status(5)

return coroutine.close(5)

for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end end ::continue:: end return "done"

do local i = 1 ::top:: if i < 5 then i = i + 1 goto top end return i end

for i = 1, 0 do return "never" end return "none"

for i = 1, 3, 0 do end

for i = "a", 3 do end

for i = 1, "x" do end

for i = 1.0, 2 do return i end

for i = math.maxinteger - 1, math.maxinteger do if i == math.maxinteger then return "end" end end

for _ in 5 do end

for _ in {} do end

local t = setmetatable({}, { __call = function(_, a, b) return b, a end }) return t(1, 2)

local t = setmetatable({}, { __add = function(a, b) return "sum" end, __concat = function() return "joined" end, __len = function() return 9 end, __unm = function() return "minus" end })
return t + 1, 1 + t, t .. "x", "x" .. t, #t, -t

local t = setmetatable({}, { __eq = function() return true end, __lt = function() return true end, __le = function() return false end })
local u = setmetatable({}, getmetatable(t)) return t == u, t < u, t <= u, t ~= u

local t = setmetatable({}, { __index = function(_, k) error("no field " .. k) end }) return t.x

local t = setmetatable({}, { __index = function(_, k) error("no field " .. k, 2) end }) return t.x

local t = setmetatable({}, { __newindex = function(_, k) error({ k }) end }) t.x = 1

local t = setmetatable({}, { __newindex = { } }) t.x = 1 return rawget(t, "x")

local t <const> = 5 local u <const> = { 1 } u[1] = t return u

local t = {} t[nil] = 1

local t = {} t[0 / 0] = 1

local t = { n = 0 } t[1.0] = "one" t["1"] = "text" return t[1], t["1"], #t

return table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2 }, 1, 4), table.pack(nil, nil).n

return table.unpack({}, 1, 1e8)

return table.insert({}, 5, 1)

return table.insert({}, 1, 2, 3)

return table.insert(nil, 1)

return table.remove({}), table.remove({ 1, 2, 3 }, 1), table.remove({ 1 }, 5)

return type(), 1

return type(nil), type(type)

return ipairs()

local n = 0 for i, v in ipairs({ 1, 2, nil, 4 }) do n = n + v end return n

local t = {} for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i < 4 then return i * i end end })) do t[i] = v end return t

local function deep() return deep() + 1 end
local ok, e = pcall(deep) return ok, (tostring(e):gsub("^(t.lua:1: stack overflow).*", "%1"))

local t = {} for i = 1, 300 do t[i] = i end return select("#", table.unpack(t)), (select(300, table.unpack(t)))

local s = "" for i = 1, 100 do s = s .. i end return #s, s:sub(-3)

local function f(...) local a, b = ... return select("#", ...), a, b, ... end return f(nil, 2, nil)

return (function(...) return ... end)(1, 2), (function() return 1, 2 end)()

return string.rep("x", 100):gsub("x", "%0y", 3)

return ("%d"):format(3), ("%5.2f"):format(math.pi), ("%s"):rep(2, "|"):format(1, 2)

return ("x"):rep(2, 5), ("x"):rep(2, {})

return #"abc" .. 1, 2 .. "", 1.0 .. "", -0.0 .. "", 1e100 .. ""

return 0x7fffffffffffffff, 0xffffffffffffffff, 0x1p4, 1e1, .5, 3., 9223372036854775808

return "\65\066\x41\u{48}\z
   x", '\'', "a\
b"

return [[
first line]], [==[a]]b]==]

return not nil, not 0, nil and 1, false or "x", 1 and 2, nil == false

return 2^-1, 2^0.5, -2^2, 10 / 2, 3 - -3

return ("a"):byte() < ("b"):byte(), "a" < "b", "Z" < "a", "" < "a", "a\0b" > "a"

return math.random == nil, math.randomseed == nil, utf8.charpattern

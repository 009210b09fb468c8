-- What luacheck needs to know of throng: Lua 5.4 without what the sandbox takes away, and with what throng gives.
std = {
  read_globals = {
    "http", "auth", "random", "metrics", "journey", "parallel", "think", "json", "log", "time", "crypto", "data", "vars", "crowd",
    "require", "print",
    "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset",
    "select", "setmetatable", "tonumber", "tostring", "type", "xpcall", "warn", "_VERSION",
    coroutine = { other_fields = true },
    math = { other_fields = true },
    string = { other_fields = true },
    table = { other_fields = true },
    utf8 = { other_fields = true },
  },
}
-- Types for editors, which are made of the descriptions and never run.
exclude_files = { "lib/meta" }
max_line_length = 100
-- Examples of the reference: some are what a step does.
files["src/core/script/api/examples"] = {
  read_globals = {
    "user", "describe", "it", "before_each", "after_each", "expect", "mock", "throng", "clock",
  },
}

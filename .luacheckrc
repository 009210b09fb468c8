-- The world of a behaviour: Lua 5.4 without what the sandbox takes away, with the tables of docs/lua-api.md.
std = "lua54"
max_line_length = 120
read_globals = {
  "http", "auth", "random", "metrics", "parallel", "think", "log", "json", "time", "crypto", "data", "vars", "crowd",
}
not_globals = {
  "io", "os", "package", "debug", "load", "loadfile", "dofile", "collectgarbage",
}
-- An argument that begins with _ is there for its place.
ignore = { "212/_.*" }

local res = http.get("/users")
local page, why = res:json()
if page then
  log.debug("users", { count = #page.items })
else
  log.warn(why)
end
local first = res:json "/items/0/id"
if first then log.debug("first", { id = first }) end

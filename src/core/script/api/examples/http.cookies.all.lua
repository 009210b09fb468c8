http.cookies.set("theme", "dark")
http.cookies.set("basket", "b7", { path = "/shop" })
-- Longer paths come first, as in the header `Cookie`.
local cookies = http.cookies.all "/shop"
print(#cookies, cookies[1].name, cookies[2].name) --> 2, "basket", "theme"

http.cookies.set("basket", "b7", { path = "/shop", max_age = 3600 })
local cookie = http.cookies.all()[1]
print(cookie.name, cookie.path, cookie.host_only) --> "basket", "/shop", true
metrics.check("it lasts an hour", cookie.expires - time.now() > 3500)

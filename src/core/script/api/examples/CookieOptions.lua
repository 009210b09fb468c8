http.cookies.set("consent", "all", { path = "/shop", max_age = 86400 })
print(http.cookies.get("consent", "/shop/cart")) --> "all"
print(http.cookies.get("consent", "/account")) --> nil

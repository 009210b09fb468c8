http.cookies.set("basket", "b7", { path = "/shop" })
print(http.cookies.get "basket") --> "b7"
print(http.cookies.get("basket", "/shop/cart")) --> "b7"
print(http.cookies.get("basket", "/users")) --> nil

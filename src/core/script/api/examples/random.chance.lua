http.get "/products"
-- One in five puts something into the cart.
if random.chance(0.2) then http.post("/cart", { json = { item = 7 } }) end

local price, currency = random.price(10, 80, "en_GB")
print(price, currency) --> such as 46.99, "GBP"
http.post("/products", { json = { price = price, currency = currency } })

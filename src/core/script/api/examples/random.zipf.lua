-- The first of 1,000 products is asked for most, the second half as often.
http.get("/products/{id}", { params = { id = random.zipf(1000, 1) } })

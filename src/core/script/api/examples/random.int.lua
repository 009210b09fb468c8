local page = random.int(1, 3)
print(page) --> such as 3
http.get("/users", { query = { page = page } })

http.get("/search", { query = { q = random.word() } })
print(random.word(), random.word "es_ES") --> such as "corner", "mapa"

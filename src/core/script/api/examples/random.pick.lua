local color = random.pick { "red", "green", "blue" }
http.get("/things", { query = { color = color } })

print(random.words(3)) --> such as "sky corner point"
http.post("/notes", { json = { title = random.words(3) } })

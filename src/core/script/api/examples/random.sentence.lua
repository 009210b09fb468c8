print(random.sentence(5)) --> such as "Sky corner point write quick."
http.post("/comments", { json = { text = random.sentence() } })

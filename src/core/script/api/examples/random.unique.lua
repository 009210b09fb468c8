random.unique() --> such as "k7f2a9c1-0-1"
http.post("/teams", { json = { slug = "team-" .. random.unique() } })

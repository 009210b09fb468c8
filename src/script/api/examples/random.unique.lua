http.post("/teams", { json = { slug = "team-" .. random.unique() } })

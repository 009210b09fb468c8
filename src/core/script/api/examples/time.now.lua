http.get("/events", { query = { since = math.floor(time.now()) - 3600 } })

local page, why = http.get("/users"):json()
if not page then log.warn("no list of users", { why = why }) end

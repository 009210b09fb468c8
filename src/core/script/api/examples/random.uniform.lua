-- A sensor between two fixed points, each value as likely as any other.
http.post("/readings", { json = { celsius = random.uniform(-20, 40) } })

local share, celsius = random.float(), random.float(18, 24)
http.post("/readings", { json = { share = share, celsius = celsius } })

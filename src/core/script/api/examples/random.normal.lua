-- Two of three readings are from 19 to 23, 19 of 20 from 17 to 25.
http.post("/readings", { json = { celsius = random.normal(21, 2) } })

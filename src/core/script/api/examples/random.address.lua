local home = random.address "pt_BR"
print(home.city, home.postcode) --> such as "Goiânia", "74960-431"
http.post("/orders", { json = { item = 7, address = home.line } })

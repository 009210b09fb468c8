local email = random.email()
print(email) --> such as "maya.dahl.k7f2a9c1.0.1@example.com"
http.post("/users", { json = { email = email } })

local card = random.card()
print(card.brand, #card.number) --> such as "discover", 16
http.post("/payments", { json = card })

local card = random.card()
local expiry = ("%02d/%02d"):format(card.month, card.year % 100)
http.post("/payments", {
  json = { number = card.number, cvc = card.code, expiry = expiry },
})

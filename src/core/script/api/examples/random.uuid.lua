local key = random.uuid()
print(key) --> such as "bd7ad08f-1db6-40f7-a892-4e27ec03689e"
local headers = { ["Idempotency-Key"] = key }
http.post("/payments", { headers = headers, json = { amount = 20 } })

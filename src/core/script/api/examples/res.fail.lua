local res = http.post("/orders", { json = { item = 7 } })
if res.ok and res:json().state == "sold out" then res:fail "sold out" end

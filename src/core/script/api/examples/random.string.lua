print(random.string(8)) --> such as "TjM9McBu"
local code = random.string(6, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
print(code) --> such as "GKAUPZ"
http.post("/coupons", { json = { code = code } })

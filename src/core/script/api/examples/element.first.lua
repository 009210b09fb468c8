local page = assert(http.get("/shop"):html())
local csrf = page:first("input[name=csrf]"):attr "value"
print(csrf, page:first ".sold-out") --> "x7", nil
local headers = { ["X-CSRF-Token"] = csrf }
http.post("/api/cart", { json = { item = 7 }, headers = headers })

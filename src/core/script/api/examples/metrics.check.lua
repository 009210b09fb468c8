local res = http.get("/users")
metrics.check("the list is not empty", res.ok and #res:json().items > 0)

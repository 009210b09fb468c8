time.iso(1764000000) --> "2025-11-24T16:00:00Z"
time.iso(1764000000.25) --> "2025-11-24T16:00:00.250Z"
http.post("/bookings", { json = { from = time.iso(time.now() + 86400) } })

-- Up to three times, also after a 500.
local res = http.get("/flaky", { retry = { 3, on = { 500, 503 } } })
print(res.status) --> 200

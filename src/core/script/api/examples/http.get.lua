-- The user may not exist: that does not count as a failure.
local res = http.get("/users/{id}", {
  params = { id = random.int(1, 100) },
  expect = { 200, 404 },
})
if res.status == 200 then log.info("found", { name = res:json().name }) end

-- Another user may have deleted it before: that does not count as a failure.
local res = http.delete("/users/{id}", {
  params = { id = 7 },
  expect = { 200, 204, 404 },
})
metrics.check("it was there", res.status ~= 404)

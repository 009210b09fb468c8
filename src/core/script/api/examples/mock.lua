local stock = 2
mock {
  latency = "20ms",
  ["GET /products/{id}"] = function(req)
    stock = stock - 1
    return { json = { id = tonumber(req.params.id), stock = stock } }
  end,
  ["*"] = 404,
}
local user = throng.user "visitor"
user:step "look"
expect(user.requests[1].answer.json).to_equal { id = 7, stock = 1 }

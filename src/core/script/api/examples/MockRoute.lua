mock {
  { route = "GET /products/7", status = 410 },
  { route = "GET /products/{id}", answer = { body = "it is there" } },
}
local user = throng.user "visitor"
user:step "look"
expect(user.requests[1].status).to_be(410)

mock { ["GET /products/{id}"] = { json = { id = 7 } } }
local user = throng.user("visitor", { seed = 3 })
user:step "look"
expect(user.requests[1].status).to_be(200)

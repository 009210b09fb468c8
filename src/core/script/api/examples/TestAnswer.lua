mock { ["GET /products/{id}"] = { json = { id = 7 } } }
local user = throng.user "visitor"
user:step "look"
expect(user.requests[1].answer.json.id).to_be(7)

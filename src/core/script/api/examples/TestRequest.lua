mock { ["GET /products/{id}"] = { json = { id = 7 }, latency = "50ms" } }
local user = throng.user "visitor"
user:step "look"
local request = user.requests[1]
expect(request.method .. " " .. request.path).to_be "GET /products/7"
expect(request.status).to_be(200)
expect(request.seconds).to_be_close_to(0.05)

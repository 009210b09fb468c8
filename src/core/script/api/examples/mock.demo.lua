mock.demo()
local user = throng.user "visitor"
user:step "health"
expect(user.requests[1].status).to_be(200)

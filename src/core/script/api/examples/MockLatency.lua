mock { latency = { min = "40ms", max = "60ms" }, ["*"] = 200 }
local user = throng.user "visitor"
user:step "look"
expect(user.requests[1].seconds).to_be_close_to(0.05, 0.011)

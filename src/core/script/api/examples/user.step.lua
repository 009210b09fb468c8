mock { ["*"] = 200 }
local user = throng.user "visitor"
user:step "look"
user:step "search"
expect(user.requests[2].query).to_be "q=emma"

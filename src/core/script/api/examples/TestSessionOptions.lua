mock { ["*"] = 200 }
local user = throng.user "visitor"
user:run { requests = 5 }
expect(user.requests).to_have_length(5)

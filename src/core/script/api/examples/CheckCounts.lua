mock { ["*"] = 200 }
local user = throng.user "visitor"
user:step "look"
user:step "look"
expect(user.checks["is there"]).to_equal { passed = 2, failed = 0 }

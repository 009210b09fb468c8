mock { ["*"] = 200 }
local user = throng.user "visitor"
user:step "look"
user:stop()
expect(user.state.looked).to_be(1)

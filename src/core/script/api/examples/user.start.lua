mock { ["*"] = 200 }
local user = throng.user "visitor"
user:start()
expect(user.state.looked).to_be(0)

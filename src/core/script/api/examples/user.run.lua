mock { ["*"] = 200 }
local user = throng.user "visitor"
user:run()
expect(user.ended).to_be "completed"

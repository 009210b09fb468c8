mock { ["*"] = 503 }
local user = throng.user "visitor"
user:step "look"
expect(user.type).to_be "visitor"
expect(user.checks["is there"].failed).to_be(1)
expect(user.logs[1].level).to_be "warn"

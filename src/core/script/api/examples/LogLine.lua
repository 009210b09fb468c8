mock { ["*"] = 503 }
local user = throng.user "visitor"
user:step "look"
local line = user.logs[1]
expect(line.level).to_be "warn"
expect(line.text).to_contain "no product"

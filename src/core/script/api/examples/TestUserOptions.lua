mock { ["*"] = 200 }
local user = throng.user("visitor", { vars = { PRODUCT = 12 } })
user:step "look"
expect(user.requests[1].path).to_be "/products/12"

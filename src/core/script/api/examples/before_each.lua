local user

before_each(function()
  mock { ["*"] = 200 }
  user = throng.user "visitor"
end)

it("looks at a product", function()
  user:step "look"
  expect(user.requests[1].status).to_be(200)
end)

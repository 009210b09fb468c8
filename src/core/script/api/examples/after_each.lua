local user

after_each(function() user:stop() end)

it("looks at a product", function()
  mock { ["*"] = 200 }
  user = throng.user "visitor"
  user:step "look"
  expect(user.ended).to_be_nil()
end)

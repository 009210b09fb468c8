it("looks at a product", function()
  mock { ["GET /products/{id}"] = 200 }
  local user = throng.user "visitor"
  user:step "look"
  expect(user.requests).to_have_length(1)
end)

it "buys what is in stock"

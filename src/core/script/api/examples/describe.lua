describe("visitor", function()
  it("looks at a product", function()
    mock { ["GET /products/{id}"] = { json = { id = 7 } } }
    local user = throng.user "visitor"
    user:step "look"
    expect(user.requests[1].path).to_be "/products/7"
  end)
end)

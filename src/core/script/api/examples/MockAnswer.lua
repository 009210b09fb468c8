mock {
  ["GET /products/{id}"] = { status = 404, json = { error = "sold out" } },
  ["GET /search"] = { error = "reset" },
}
local user = throng.user "visitor"
user:step "look"
user:step "search"
expect(user.requests[1].answer.json.error).to_be "sold out"
expect(user.requests[2].error).to_be "reset"

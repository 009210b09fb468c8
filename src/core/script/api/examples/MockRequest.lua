mock {
  ["GET /products/{id}"] = function(req)
    if req.headers.accept then return { status = 406 } end
    return { json = { id = req.params.id, page = req.query.page } }
  end,
}
local user = throng.user "visitor"
user:step "look"
expect(user.requests[1].answer.json.id).to_be "7"

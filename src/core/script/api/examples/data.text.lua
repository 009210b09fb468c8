local query <const> = data.text "user.graphql"

return {
  step = function()
    local request = { query = query, variables = { id = random.int(1, 9) } }
    http.post("/graphql", { json = request })
  end,
}

local people = data.csv "people.csv" -- email,password

return {
  step = function()
    local row = people:next()
    print(row.email) --> "ada@example.com"
    http.post("/login", { json = row })
  end,
}

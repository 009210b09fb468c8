local people = data.csv "people.csv"

return {
  step = function()
    http.get("/users", { query = { email = people:pick().email } })
  end,
}

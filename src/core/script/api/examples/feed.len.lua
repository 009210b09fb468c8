local people = data.csv "people.csv"
assert(people:len() >= 2, "people.csv needs two accounts or more")

return {
  step = function()
    http.get("/users", { query = { email = people:pick().email } })
  end,
}

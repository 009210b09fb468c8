local people = data.csv "people.csv"

return {
  on_start = function(user)
    -- The same row for the same user, in every session and every run.
    local row = people:get(user.id % people:len() + 1)
    print(row.email, people:get(people:len() + 1)) --> "ada@example.com", nil
    user.state.email = row.email
  end,
  step = function(user)
    http.get("/users", { query = { email = user.state.email } })
  end,
}

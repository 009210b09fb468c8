local people = data.csv "people.csv"

return {
  on_start = function(user)
    local row = people:take()
    if not row then return false, "all accounts are taken" end
    user.state.email = row.email
  end,
  step = function(user)
    http.get("/users", { query = { email = user.state.email } })
  end,
}

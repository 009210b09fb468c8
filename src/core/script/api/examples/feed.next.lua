local people = data.csv "people.csv"

return {
  -- Each account once, then again from the first, whichever user asks.
  step = function()
    http.get("/users", { query = { email = people:next().email } })
  end,
}

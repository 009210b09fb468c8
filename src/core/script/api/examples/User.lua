return {
  on_start = function(user)
    user.state.cart = {} -- Gone with the session.
    -- Kept by a person who comes back.
    user.memory.visits = (user.memory.visits or 0) + 1
  end,
  step = function(user)
    table.insert(user.state.cart, random.int(1, 100))
    if user.requests_left > 1 then
      http.put("/cart", { json = { items = user.state.cart } })
    end
  end,
}

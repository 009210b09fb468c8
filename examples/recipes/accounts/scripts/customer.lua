-- scripts/customer.lua: customers of a file. Each has a cart on the target, so two users with the
-- same account would find each other's things in it: `take` gives an account to one user at a time.

local customers = data.csv "customers.csv" -- id,name

local function cart_of(user) return { params = { id = user.state.account.id } } end

local function put_in(user)
  local cart = http.get("/carts/{id}", cart_of(user))
  if not cart.ok then return end
  metrics.check("nobody else uses my cart", cart:json().lines == user.state.lines)
  think(0.5, 2)
  local change = cart_of(user)
  change.json = { lines = user.state.lines + 1 }
  local res = http.patch("/carts/{id}", change)
  if res.ok then user.state.lines = res:json().lines end
end

local function empty(user)
  local change = cart_of(user)
  change.json = { lines = 0 }
  if http.patch("/carts/{id}", change).ok then user.state.lines = 0 end
end

return {
  weight = 2,
  requests = { 6, 12 },
  think = { 1, 3 },

  on_start = function(user)
    user.state.account = customers:take() -- given back when the session ends, however it ends
    if not user.state.account then return false, "all accounts are taken" end
    local cart = http.get("/carts/{id}", cart_of(user))
    metrics.check(
      "the cart is the customer's",
      cart.ok and cart:json().customer == user.state.account.name
    )
    empty(user)
  end,

  steps = { put_in },
  on_stop = function(user)
    if user.state.account then empty(user) end
  end,
}

-- scripts/shopper.lua: customers of a shop, few of whom buy. A journey measures who gets how far:
-- the summary says how many purchases began, were finished, and where the others were lost.

local revenue = metrics.counter(
  "revenue",
  { help = "Sum of all orders, in the shop's currency.", labels = { "category" } }
)
local lines = metrics.histogram("order_lines", { help = "Products in an order." })

local function look(user)
  local res = http.get("/products/{id}", { params = { id = random.zipf(40, 0.8) } })
  if res.ok then user.state.product = res:json() end
end

-- A purchase begins with the first product in the basket, and may last over many steps.
local function put_in(user)
  local product = user.state.product
  if not product then return look(user) end
  local basket = user.state.basket
  if #basket == 0 then journey.begin "purchase" end
  table.insert(basket, { id = product.id, category = product.category, price = product.price })
  http.post("/visits", { json = { customer = user.id, page = "basket" } })
end

local function check_out(user)
  local basket = user.state.basket
  if #basket == 0 then return look(user) end
  http.get("/products", { query = { _limit = 3 }, name = "/products?recommended" })
  think(2, 8)
  if random.chance(0.3) then return end -- shipping is too dear; perhaps later
  local res = http.post("/orders", { json = { customer = user.id, lines = basket }, expect = 201 })
  if res.status ~= 201 then return end
  journey.finish "purchase"
  lines:observe(#basket)
  for _, line in ipairs(basket) do
    revenue:add(line.price, { category = line.category })
  end
  user.state.basket = {}
end

return {
  requests = { 8, 25 },
  think = { 2, 10 },
  on_start = function(user) user.state.basket = {} end,
  -- Steps are measured by their names; a purchase is lost at the step that its user made last.
  steps = {
    { 6, look },
    { 2, put_in },
    { 1, check_out },
  },
}

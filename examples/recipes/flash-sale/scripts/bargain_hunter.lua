-- scripts/bargain_hunter.lua: customers who look around, and who all buy one product while it is
-- on sale: throng.toml has the incident, which makes everybody take the step `buy`.

local SALE <const> = 7
local bought = metrics.counter("bought", { help = "Orders of the product on sale." })

local function look()
  http.get("/products", { query = { _page = random.int(1, 4), _limit = 10 } })
  think(1, 3)
  http.get("/products/{id}", { params = { id = random.zipf(40, 1) } })
end

local function buy(user)
  local product = http.get("/products/{id}", { params = { id = SALE } })
  if not product.ok then return end
  local order = { product = SALE, quantity = 1, customer = user.id, price = product:json().price }
  local number = random.unique()
  order.number = number
  local res = http.post("/orders", {
    json = order,
    expect = 201,
    creates = {
      kind = "order",
      id = "/id",
      delete = { path = "/orders/{id}" },
      find = {
        path = "/orders?number={number}",
        params = { number = number },
        list = "",
        id = "/id",
      },
    },
  })
  if res.status == 201 then bought:add() end
end

return {
  requests = { 10, 30 },
  think = { 1, 6 },
  steps = { { 40, look }, { 1, buy } },
}

-- scripts/customer.lua: a customer of a shop made of pages. Logs in by a form with a CSRF token,
-- looks at products with all their images, puts some into the cart and orders.
-- Needs an account: throng run -e email=... -e password=...

local ordered = metrics.counter("shop_orders", { help = "Orders that the shop confirmed." })

--- A page with its assets; nil where it did not come.
local function open(path, name)
  local res, assets = http.page(path, { name = name })
  metrics.check("all assets came", assets.failed == 0)
  return res.ok and res:html() or nil
end

--- Products are on the front page: their links are what a customer can click.
local function browse(user)
  local page = open("/", "/")
  local products = page and page:links("#products") or {}
  if #products == 0 then return end
  user.state.product = random.pick(products)
  open(user.state.product, "/products/{id}")
end

local function add_to_cart(user)
  if not user.state.product then return browse(user) end
  local product = http.get(user.state.product, { name = "/products/{id}" })
  think(1, 3)
  -- The hidden CSRF token, the product and what else the form holds go along.
  local cart = product:submit("form.buy", { quantity = random.int(1, 3) })
  user.state.in_cart = cart.ok and #cart:html():select("#cart tr") or 0
end

local function order(user)
  if (user.state.in_cart or 0) == 0 then return add_to_cart(user) end
  local fields = { address = random.address("en_US").line, gift = random.chance(0.2) }
  local done = http.get("/cart"):submit("form#checkout", fields)
  -- A shop says what is wrong on a page, with status 200.
  local number = done.ok and done:html():first("#confirmation b")
  if not number then
    if done.ok then done:fail("no confirmation") end
    return
  end
  log.debug("ordered", { number = number:text() })
  ordered:add()
  user.state.in_cart = 0
end

return {
  think = { 1, 5 },
  requests = { 60, 120 }, -- with the assets of pages

  on_start = function(user)
    local account = { email = vars.email, password = vars.password }
    local res = http.get("/login"):submit("#login", account)
    if not res.ok or not res:html():first("#account") then return false, "no login" end
    user.state.is_in = true
  end,

  steps = { { 6, browse }, { 3, add_to_cart }, { 1, order } },

  on_stop = function(user)
    if user.state.is_in then http.get("/"):submit("#logout") end
  end,
}
